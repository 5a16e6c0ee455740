using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Testing.Conformance.Transport;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

/// <summary>The transport over gRPC keeps to what every transport promises.</summary>
public sealed class TransportSuiteTests
{
    private static readonly TransportSuite Suite = new(Network);

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_transport_over_grpc_keeps_to(string promise) => Suite.RunAsync(promise);

    // A node that comes back is the same one: it has the same directory.
    private static Func<NodeId, ITransport> Network(IReadOnlyList<NodeId> nodes)
    {
        ClusterMember[] members = TestNode.Members(nodes.Count);
        Dictionary<NodeId, MemoryJudge> judges = nodes.ToDictionary(node => node, node => new MemoryJudge(node.Value));
        return node => new TestNode(node.Value, members, judge: judges[node]).Transport;
    }
}
