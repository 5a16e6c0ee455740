using KvProcesses.Clients;
using KvProcesses.Processes;

namespace Harness.Drivers;

/// <summary>What a cluster's nodes run.</summary>
/// <param name="Assembly">The file name of the program beside the harness.</param>
/// <param name="Group">The group that clients use.</param>
/// <param name="HasHttp">Whether clients call it over HTTP, at an address of its own.</param>
internal sealed record NodeProgram(string Assembly, string Group, bool HasHttp)
{
    /// <summary>Gets the key-value store, called over gRPC.</summary>
    public static NodeProgram KeyValue { get; } = new(KvNodeProgram.Assembly, ClusterClient.Group, HasHttp: false);

    /// <summary>Gets the replicated log, called over HTTP.</summary>
    public static NodeProgram Log { get; } = new(ServiceNode, "log", HasHttp: true);

    /// <summary>Gets the state machine of its own, called over HTTP.</summary>
    public static NodeProgram Stock { get; } = new(ServiceNode, "stock", HasHttp: true);

    private static string ServiceNode => Path.Combine(AppContext.BaseDirectory, "ServiceNode.dll");
}
