using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Replication.Raft.Primitives;

namespace Replication.Grpc.Security;

/// <summary>
/// The identity of a node in its certificate: a URI among the subject's alternative names,
/// <c>replication://CLUSTER/node/N</c> with the cluster id in lower case with hyphens and the node id in decimal.
/// </summary>
internal readonly record struct NodeCertificateName(Guid ClusterId, NodeId NodeId)
{
    private const string Scheme = "replication://";
    private const string NodePart = "/node/";
    private const int GuidChars = 36;
    private const string AlternativeNamesOid = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}{ClusterId:D}{NodePart}{NodeId.Value}");

    /// <summary>Reads a name; anything but the exact form is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NodeCertificateName name)
    {
        name = default;
        if (!text.StartsWith(Scheme,
            StringComparison.Ordinal) || text.Length <= Scheme.Length + GuidChars + NodePart.Length)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[Scheme.Length..];
        if (!Guid.TryParseExact(rest[..GuidChars], "D", out Guid cluster)
            || !rest[GuidChars..].StartsWith(NodePart, StringComparison.Ordinal)
            || !int.TryParse(rest[(GuidChars + NodePart.Length)..], NumberStyles.None, CultureInfo.InvariantCulture,
                out int node)
            || node == 0)
        {
            return false;
        }

        name = new NodeCertificateName(cluster, new NodeId(node));

        // One spelling only, so that no two texts mean one node.
        return text.SequenceEqual(name.ToString());
    }

    /// <summary>Finds the name in a certificate.</summary>
    /// <returns>False if it holds none, or more than one: then nobody can say which is meant.</returns>
    public static bool TryFind(X509Certificate2 certificate, out NodeCertificateName name)
    {
        name = default;
        int found = 0;
        foreach (string uri in Uris(certificate))
        {
            if (TryParse(uri, out NodeCertificateName candidate))
            {
                name = candidate;
                found++;
            }
        }

        return found == 1;
    }

    /// <summary>Says who a certificate is for, in words for a log line.</summary>
    public static string Describe(X509Certificate2? certificate) =>
        certificate is null
            ? "no certificate"
            : TryFind(certificate, out NodeCertificateName name)
                ? $"a certificate for {name}"
                : $"a certificate for '{certificate.Subject}' that names no node";

    private static List<string> Uris(X509Certificate2 certificate)
    {
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == AlternativeNamesOid && TryReadUris(extension.RawData, out List<string>? uris))
            {
                return uris;
            }
        }

        return [];
    }

    private static bool TryReadUris(byte[] encoded, [NotNullWhen(true)] out List<string>? uris)
    {
        uris = [];
        try
        {
            AsnReader names = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }

            return true;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            uris = null;
            return false;
        }
    }
}
