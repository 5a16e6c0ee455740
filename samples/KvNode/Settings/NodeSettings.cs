using System.Net;
using Replication.Grpc;
using Replication.Hosting;
using Replication.Storage.Identity;

namespace KvNode.Settings;

/// <summary>Everything a node process is told, from file, environment and command line together.</summary>
internal sealed class NodeSettings
{
    /// <summary>Gets or sets where the node keeps its files.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Gets or sets where the node listens; null takes the address of its own member entry.</summary>
    public IPEndPoint? Listen { get; set; }

    /// <summary>Gets the members for <c>init</c>, by node.</summary>
    public SortedDictionary<int, ClusterMember> Members { get; } = [];

    /// <summary>Gets or sets the names of the key-value stores.</summary>
    public IReadOnlyList<string> Stores { get; set; } = ["kv"];

    /// <summary>Gets or sets the PEM file of the node's certificate; empty for plain text.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Gets or sets the PEM file of the certificate's private key.</summary>
    public string CertificateKey { get; set; } = "";

    /// <summary>Gets or sets the PEM file of the authority that signs the certificates of nodes and clients.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Gets or sets whether the process ends at once when its standard input closes.</summary>
    public bool ExitWithInput { get; set; }

    /// <summary>Gets or sets from which level on log lines go to standard error.</summary>
    public Microsoft.Extensions.Logging.LogLevel LogLevel { get; set; } =
        Microsoft.Extensions.Logging.LogLevel.Information;

    /// <summary>Gets the settings of the host.</summary>
    public ReplicaHostOptions Host { get; } = new() { AllowSynchronousContinuations = true };

    /// <summary>Gets the settings of the network.</summary>
    public GrpcTransportOptions Network { get; } = new();
}
