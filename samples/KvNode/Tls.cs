using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KvNode.Settings;

namespace KvNode;

/// <summary>Loads certificate, key and authorities from PEM files into the settings of the network.</summary>
internal static class Tls
{
    public static void Load(NodeSettings settings, TimeProvider time)
    {
        if (settings.Certificate.Length == 0)
        {
            Refuse(settings.CertificateKey.Length > 0, "--certificate-key is set, but --certificate is not.");
            Refuse(settings.Authority.Length > 0, "--authority is set, but --certificate is not.");
            return;
        }

        Refuse(settings.CertificateKey.Length == 0,
            "--certificate-key is missing: --certificate needs its private key.");
        Refuse(settings.Authority.Length == 0, "--authority is missing: no peer's certificate could be checked.");
        X509Certificate2 certificate = Read(
            $"--certificate {settings.Certificate} with --certificate-key {settings.CertificateKey}",
            () => X509Certificate2.CreateFromPemFile(settings.Certificate, settings.CertificateKey));
        Read($"--authority {settings.Authority}", () =>
        {
            settings.Network.Authorities.ImportFromPemFile(settings.Authority);
            return settings.Network.Authorities;
        });
        Refuse(settings.Network.Authorities.Count == 0, $"--authority {settings.Authority} holds no certificate.");
        CheckDates(certificate, time.GetUtcNow());
        settings.Network.Certificate = certificate;
    }

    private static void CheckDates(X509Certificate2 certificate, DateTimeOffset now)
    {
        Refuse(
            certificate.NotAfter.ToUniversalTime() < now,
            $"--certificate '{certificate.Subject}' expired at {certificate.NotAfter.ToUniversalTime():u}; renew it.");
        Refuse(
            certificate.NotBefore.ToUniversalTime() > now,
            $"--certificate '{certificate.Subject}' is not valid before {certificate.NotBefore.ToUniversalTime():u}; "
                + $"check the clock.");
    }

    private static T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (
            e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new NodeException(ExitCode.BadCertificate, $"{what} can't be used: {e.Message}", e);
        }
    }

    private static void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            throw new NodeException(ExitCode.BadCertificate, message);
        }
    }
}
