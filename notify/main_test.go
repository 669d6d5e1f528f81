package notify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// ca is the authority whose certificates this process trusts, and nobody else.
var ca authority

// TestMain makes the authority the only one that the system knows, so that the
// TLS settings are tested as they are, and looks for goroutines left behind.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "notify")
	if err != nil {
		log.Fatal(err)
	}
	ca = newAuthority()
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw}), 0o600); err != nil {
		log.Fatal(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	os.Setenv("SSL_CERT_DIR", dir)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority() authority {
	a := authority{key: newKey()}
	a.cert = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour),
	}, a.key)
	return a
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	return key
}

func (a authority) sign(c *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	parent := a.cert
	if parent == nil {
		parent = c
	}
	c.SerialNumber, c.NotBefore = big.NewInt(time.Now().UnixNano()), time.Now().Add(-48*time.Hour)
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, a.key)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		log.Fatal(err)
	}
	return cert
}

// server returns the TLS settings of a server at 127.0.0.1 whose certificate is
// signed by a, after change was made to it.
func (a authority) server(change func(*x509.Certificate)) *tls.Config {
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: "server"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(c)
	key := newKey()
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{a.sign(c, key).Raw}, PrivateKey: key}}}
}

func asItIs(*x509.Certificate) {}
