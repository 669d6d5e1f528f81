package almanac

import (
	"math"
	"time"

	"widunetz/internal/agenda"
)

// Herford (GeoNames).
const (
	latitude  = 52.11457
	longitude = 8.67343
)

// Sunset returns when the sun sets at Herford, in German time: the formula of the
// NOAA Global Monitoring Laboratory (after Meeus), right to a minute or two.
func Sunset(d agenda.Date) agenda.Local {
	// Half past four in the afternoon is near enough to the middle of all sunsets.
	day := float64((agenda.Date{Year: 2000, Month: time.January, Day: 1}).DaysTo(d)) - 0.5 + 0.75
	decl, equation := sun(day / 36525)
	angle := math.Acos(cos(90.833)/(cos(latitude)*math.Cos(decl)) - math.Tan(latitude*math.Pi/180)*math.Tan(decl))
	minutes := 720 - 4*longitude - equation + 4*angle*180/math.Pi + 60*float64(offset(d))
	return d.At(0, 0).AddMinutes(int(math.Round(minutes)))
}

// nightfall is when three stars are out: an hour after sunset, on the safe side.
func nightfall(d agenda.Date) agenda.Local { return Sunset(d).AddMinutes(60) }

// sun returns the declination (radians) and the equation of time (minutes) at a
// time in Julian centuries since 2000.
func sun(t float64) (decl, equation float64) {
	long := 280.46646 + t*(36000.76983+t*0.0003032)
	anomaly := 357.52911 + t*(35999.05029-0.0001537*t)
	ecc := 0.016708634 - t*(0.000042037+0.0000001267*t)
	centre := sin(anomaly)*(1.914602-t*(0.004817+0.000014*t)) + sin(2*anomaly)*(0.019993-0.000101*t) + sin(3*anomaly)*0.000289
	node := 125.04 - 1934.136*t
	apparent := long + centre - 0.00569 - 0.00478*sin(node)
	tilt := 23 + (26+(21.448-t*(46.815+t*(0.00059-t*0.001813)))/60)/60 + 0.00256*cos(node)
	y := math.Pow(math.Tan(tilt/2*math.Pi/180), 2)
	equation = 4 * 180 / math.Pi * (y*sin(2*long) - 2*ecc*sin(anomaly) + 4*ecc*y*sin(anomaly)*cos(2*long) - y*y/2*sin(4*long) - 1.25*ecc*ecc*sin(2*anomaly))
	return math.Asin(sin(tilt) * sin(apparent)), equation
}

// offset is that of German clocks to UTC in hours on the evening of the day
// (Zeitgesetz § 4: summer time from the last Sunday of March to that of October).
func offset(d agenda.Date) int {
	last := func(m time.Month) agenda.Date {
		return onOrAfter(agenda.Date{Year: d.Year, Month: m, Day: 25}, time.Sunday)
	}
	if !d.Before(last(time.March)) && d.Before(last(time.October)) {
		return 2
	}
	return 1
}

func sin(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
func cos(degrees float64) float64 { return math.Cos(degrees * math.Pi / 180) }
