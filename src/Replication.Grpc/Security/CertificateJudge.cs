using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Replication.Grpc.Security;

/// <summary>
/// Checks that a certificate was issued, for the given use, by one of the trusted authorities, and is valid now.
/// </summary>
internal static class CertificateJudge
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Judges a certificate.</summary>
    /// <param name="certificate">What the other side showed.</param>
    /// <param name="shown">The chain with the intermediate certificates that came with it; null for none.</param>
    /// <param name="authorities">The only roots that count; empty for those of the system.</param>
    /// <param name="use">The use that the certificate must allow.</param>
    /// <param name="now">When it must be valid.</param>
    /// <returns>Null if it is good, otherwise why not.</returns>
    public static string? Judge(
        X509Certificate2 certificate, X509Chain? shown, X509Certificate2Collection authorities, string use,
            DateTimeOffset now)
    {
        if (now < certificate.NotBefore || now > certificate.NotAfter)
        {
            return $"it is valid from {certificate.NotBefore:O} to {certificate.NotAfter:O}, not now ({now:O})";
        }

        using X509Chain chain = new();
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        if (authorities.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (shown is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate) ? null : Describe(chain);
    }

    private static string Describe(X509Chain chain)
    {
        bool isForeign = false;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            isForeign |= (
                status.Status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0;
        }

        string details = string.Join("; ", chain.ChainStatus.Select(s => $"{s.Status}: {s.StatusInformation.Trim()}"));
        return isForeign ? $"no trusted authority issued it ({details})" : $"its chain is bad ({details})";
    }
}
