using System.Security.Cryptography.X509Certificates;

namespace Replication.Grpc;

/// <summary>
/// Settings of a client that hosts no replica. Checked when the client is made; an error names the setting and the
/// value.
/// </summary>
public sealed class ReplicationClientOptions
{
    /// <summary>
    /// Gets the addresses of some or all nodes: <c>http://host:port</c> or <c>https://host:port</c>. At least one.
    /// </summary>
    /// <remarks>The leader is found through any of them; nodes that the cluster names as leader are added.</remarks>
    public IList<Uri> Endpoints { get; private set; } = [];

    /// <summary>Gets or sets how long a call may take in all, retries included.</summary>
    /// <value>The default value is 10 s. From 10 ms to 10 min.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long one attempt may take, where another may follow: reads, and writes with a request id.
    /// </summary>
    /// <value>The default value is 2 s. From 10 ms to 10 min.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a connection may take to open, TLS included.</summary>
    /// <value>The default value is 1 s. From 10 ms to 60 s.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the connections to each node; calls take turns.</summary>
    /// <value>The default value is 1. From 1 to 64.</value>
    public int ConnectionsPerNode { get; set; } = 1;

    /// <summary>Gets the authorities whose certificates count; empty for those of the system.</summary>
    public X509Certificate2Collection Authorities { get; private set; } = [];

    /// <summary>Gets or sets the certificate that this client shows, with its private key; null for none.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>
    /// Gets or sets the cluster whose node certificates are taken whatever the host name; null to check the host name
    /// instead.
    /// </summary>
    /// <value>Null by default.</value>
    public Guid? ClusterId { get; set; }

    /// <summary>
    /// Gets or sets whether plain text may leave this machine: anyone on the way can read and change everything.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool AllowPlaintextBeyondLoopback { get; set; }

    /// <summary>Copies the settings: what the user changes later has no effect on the copy.</summary>
    internal ReplicationClientOptions Copy()
    {
        ReplicationClientOptions copy = (ReplicationClientOptions)MemberwiseClone();
        copy.Endpoints = [.. Endpoints];
        copy.Authorities = new X509Certificate2Collection(Authorities);
        return copy;
    }
}
