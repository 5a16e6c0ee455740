using System.Net;
using Replication.Grpc.Security;
using Replication.Storage.Identity;

namespace Replication.Grpc;

/// <summary>Checks the options of a transport against each other and against the node that they are for.</summary>
internal static class GrpcTransportOptionsValidation
{
    /// <summary>Throws with the name and the value of the first setting that can't be.</summary>
    public static void Validate(GrpcTransportOptions options, NodeIdentity identity,
        IReadOnlyList<ClusterMember> members)
    {
        Between(options.ConnectTimeout, 50, 60_000, nameof(options.ConnectTimeout));
        Between(options.ReconnectDelayMin, 1, options.ReconnectDelayMax.TotalMilliseconds,
            nameof(options.ReconnectDelayMin));
        Between(options.ReconnectDelayMax, 1, 60_000, nameof(options.ReconnectDelayMax));
        Between(options.KeepAliveInterval, 1000, 60_000, nameof(options.KeepAliveInterval));
        Between(options.KeepAliveTimeout, 1000, 60_000, nameof(options.KeepAliveTimeout));
        Between(options.StopGrace, 0, 10_000, nameof(options.StopGrace));
        AtLeast(options.QueueMessagesMax, 1, nameof(options.QueueMessagesMax));
        AtLeast(options.ControlQueueBytesMax, 64 << 10, nameof(options.ControlQueueBytesMax));
        AtLeast(options.BulkQueueBytesMax, 4 << 20, nameof(options.BulkQueueBytesMax));
        if (options.Certificate is null)
        {
            ValidatePlaintext(options);
        }
        else
        {
            ValidateCertificate(options, new NodeCertificateName(identity.ClusterId, identity.NodeId));
        }

        foreach (ClusterMember member in members)
        {
            if (member.NodeId != identity.NodeId)
            {
                ValidatePeer(options, member);
            }
        }

        foreach (var (node, _) in options.PeerAddresses)
        {
            Require(
                members.Any(m => m.NodeId == node),
                $"{nameof(options.PeerAddresses)} names node {node}, which is no member of the cluster.");
        }
    }

    /// <summary>Gets where a peer is dialled.</summary>
    public static Uri AddressOf(GrpcTransportOptions options, ClusterMember member) =>
        options.PeerAddresses.TryGetValue(member.NodeId, out Uri? other) ? other : member.Address;

    /// <summary>Whether an address surely stays on this machine.</summary>
    public static bool IsLoopback(Uri address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    private static void ValidatePlaintext(GrpcTransportOptions options)
    {
        Require(
            options.AllowPlaintextBeyondLoopback || IPAddress.IsLoopback(options.Listen.Address),
            $"{nameof(options.Listen)} {options.Listen} isn't a loopback address: set {nameof(options.Certificate)}, "
            + $"or {nameof(options.AllowPlaintextBeyondLoopback)} if anyone may read and change everything.");
        Require(
            !options.RequireClientCertificate,
            $"{nameof(options.RequireClientCertificate)} is true, but "
            + $"without {nameof(options.Certificate)} there is no TLS.");
    }

    private static void ValidateCertificate(GrpcTransportOptions options, NodeCertificateName expected)
    {
        Require(
            options.Certificate!.HasPrivateKey,
            $"{nameof(options.Certificate)} '{options.Certificate.Subject}' has no private key.");
        Require(
            NodeCertificateName.TryFind(options.Certificate, out NodeCertificateName name) && name == expected,
            $"{nameof(options.Certificate)} must name {expected}, "
            + $"but is {NodeCertificateName.Describe(options.Certificate)}.");
        Require(
            options.Authorities.Count > 0,
            $"{nameof(options.Authorities)} is empty: no peer's certificate could be checked.");
    }

    private static void ValidatePeer(GrpcTransportOptions options, ClusterMember member)
    {
        Uri address = AddressOf(options, member);
        string scheme = options.Certificate is null ? "http" : "https";
        Require(
            address.IsAbsoluteUri && address.Scheme == scheme && address.Port > 0,
            $"The address {address} of node {member.NodeId} must be {scheme}://host:port, "
            + $"because {nameof(options.Certificate)} is {(options.Certificate is null ? "not set" : "set")}.");
        Require(
            options.Certificate is not null || options.AllowPlaintextBeyondLoopback || IsLoopback(address),
            $"The address {address} of node {member.NodeId} isn't on the loopback: set {nameof(options.Certificate)}, "
            + $"or {nameof(options.AllowPlaintextBeyondLoopback)} if anyone may read and change everything.");
    }

    private static void Between(TimeSpan value, double minimum, double maximum, string name) =>
        Require(
            value.TotalMilliseconds >= minimum && value.TotalMilliseconds <= maximum,
            $"{name} is {value.TotalMilliseconds} ms; it must be from {minimum} to {maximum} ms.");

    private static void AtLeast(long value, long minimum, string name) =>
        Require(value >= minimum, $"{name} is {value}; it must be at least {minimum}.");

    private static void Require(bool isTrue, string message)
    {
        if (!isTrue)
        {
            throw new ArgumentException(message);
        }
    }
}
