using System.Net;
using Replication.Grpc.Calls;
using Replication.Grpc.Tests.Peers;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Api;

/// <summary>A node of a cluster of three whose store lives in memory, with a channel to it.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    private readonly TestNode _node;

    public ServedNode(int id, ClusterMember[] members, int leader = 1)
    {
        _node = new TestNode(id, members);
        Host = new MemoryHost(id, leader);
        Channel = new GrpcChannel(new DnsEndPoint("127.0.0.1", members[id - 1].Address.Port), new GrpcChannelOptions());
    }

    public MemoryHost Host { get; }

    public GrpcChannel Channel { get; }

    public CancellationTokenSource Faulted { get; } = new();

    public GrpcTransport Transport => _node.Transport;

    public async Task<ServedNode> StartAsync(bool serve = true)
    {
        await _node.StartAsync();
        if (serve)
        {
            Serve();
        }

        return this;
    }

    public void Serve() => _node.Transport.Serve(Host, Faulted.Token);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _node.DisposeAsync();
        Faulted.Dispose();
    }
}
