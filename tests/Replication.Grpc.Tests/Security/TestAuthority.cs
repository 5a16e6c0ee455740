using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Replication.Grpc.Tests.Security;

/// <summary>Issues certificates for tests.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "test root")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        Certificate = X509CertificateLoader.LoadCertificate(_root.RawData);
    }

    /// <summary>Gets the root without its key.</summary>
    public X509Certificate2 Certificate { get; }

    public static string NodeUri(Guid cluster, int node) => $"replication://{cluster:D}/node/{node}";

    public X509Certificate2 IssueNode(Guid cluster, int node, bool isExpired = false) =>
        Issue([NodeUri(cluster, node)], isExpired: isExpired);

    public X509Certificate2 Issue(string[] uris, string? host = null, bool isExpired = false, bool forServers = true)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=leaf", key, HashAlgorithmName.SHA256);
        OidCollection uses = [new Oid("1.3.6.1.5.5.7.3.2")];
        if (forServers)
        {
            uses.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host ?? "unused.example");
        foreach (string uri in uris)
        {
            names.AddUri(new Uri(uri));
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(isExpired ? -1 : 20);
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 issued = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-20), end, serial);
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    public void Dispose()
    {
        _root.Dispose();
        Certificate.Dispose();
    }
}
