using System.Net;
using System.Security.Cryptography.X509Certificates;
using Replication.Raft.Primitives;

namespace Replication.Grpc;

/// <summary>
/// Settings of a node's network. Checked when the transport is made; an error names the setting and the value.
/// </summary>
public sealed class GrpcTransportOptions
{
    /// <summary>Gets or sets where the node listens, for peers and clients alike.</summary>
    /// <value>
    /// The default value is the loopback with a free port. Plain text (no <see cref="Certificate"/>) only on a loopback
    /// address.
    /// </value>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>
    /// Gets where this node dials its peers, where that differs from the address in the membership: proxies, NAT,
    /// Compose networks.
    /// </summary>
    /// <value>Empty by default. <c>http</c> without and <c>https</c> with a <see cref="Certificate"/>.</value>
    public IDictionary<NodeId, Uri> PeerAddresses { get; } = new Dictionary<NodeId, Uri>();

    /// <summary>
    /// Gets the addresses told to clients that ask for the leader, where they differ from the address in the
    /// membership.
    /// </summary>
    /// <value>Empty by default.</value>
    public IDictionary<NodeId, Uri> AdvertisedAddresses { get; } = new Dictionary<NodeId, Uri>();

    /// <summary>Gets or sets this node's certificate with its private key; null for plain text.</summary>
    /// <value>
    /// Null by default. It must allow server and client authentication and hold exactly one URI of the form
    /// <c>replication://CLUSTER/node/N</c> among its alternative names: the cluster id in lower case with hyphens, the
    /// node id in decimal.
    /// </value>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>
    /// Gets the authorities whose certificates count, for peers and for clients. At least one with a
    /// <see cref="Certificate"/>.
    /// </summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>
    /// Gets or sets whether clients must show a certificate of one of the <see cref="Authorities"/>; peers always must.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool RequireClientCertificate { get; set; }

    /// <summary>
    /// Gets or sets whether plain text may leave this machine: anyone on the way can read and change everything.
    /// </summary>
    /// <value>The default value is false. If true a warning is logged at each start.</value>
    public bool AllowPlaintextBeyondLoopback { get; set; }

    /// <summary>Gets or sets how long a connection to a peer may take to open, TLS and handshake included.</summary>
    /// <value>The default value is 2 s. From 50 ms to 60 s.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the pause after the first failed attempt to reach a peer; it doubles with each further one.
    /// </summary>
    /// <value>
    /// The default value is 20 ms. From 1 ms to <see cref="ReconnectDelayMax"/>. Each pause is drawn from half to the
    /// whole of it.
    /// </value>
    public TimeSpan ReconnectDelayMin { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets or sets the longest pause between two attempts to reach a peer.</summary>
    /// <value>The default value is 1 s. At most 60 s.</value>
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets after how much silence a peer is asked whether it is still there.</summary>
    /// <value>The default value is 1 s, which is also the shortest. At most 60 s.</value>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets how long the answer to that may take before the connection is given up and dialled anew.
    /// </summary>
    /// <value>The default value is 2 s. From 1 s to 60 s.</value>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the most messages that wait for one peer in each of its two queues; more are dropped and counted.
    /// </summary>
    /// <value>The default value is 65,536. At least 1.</value>
    public int QueueMessagesMax { get; set; } = 65_536;

    /// <summary>
    /// Gets or sets the most bytes of small messages (votes, heartbeats, replies) that wait for one peer.
    /// </summary>
    /// <value>The default value is 16 MiB. At least 64 KiB.</value>
    public long ControlQueueBytesMax { get; set; } = 16L << 20;

    /// <summary>Gets or sets the most bytes of entries and forwarded proposals that wait for one peer.</summary>
    /// <value>The default value is 64 MiB. At least 4 MiB, so that a batch of the largest size fits.</value>
    public long BulkQueueBytesMax { get; set; } = 64L << 20;

    /// <summary>Gets or sets how long calls under way may still run when the transport closes.</summary>
    /// <value>The default value is 2 s. From 0 to 10 s.</value>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);
}
