using System.Net;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

/// <summary>The handshake with real data directories: what is remembered there decides.</summary>
public class DirectoryHandshakeTests
{
    private static readonly Guid Cluster = Guid.NewGuid();
    private readonly ClusterMember[] _members = TestNode.Members(2);

    [Fact]
    public async Task A_wiped_and_initialized_node_is_refused_and_the_old_one_comes_back()
    {
        InMemoryFileSystem oneFiles = Initialized(1);
        InMemoryFileSystem twoFiles = Initialized(2);
        using DataDirectory one = DataDirectory.Open(oneFiles, Cluster, new NodeId(1));
        Handler received = new();
        using RecordingLog log = new();
        await using GrpcTransport first = await StartAsync(one, received, log);

        // Either side may be the first to judge, and from then on remembers.
        await RunAsync(twoFiles, received);
        using (DataDirectory wiped = DataDirectory.Open(Initialized(2), Cluster, new NodeId(2)))
        {
            using RecordingLog wipedLog = new();
            await using GrpcTransport second = await StartAsync(wiped, new Handler(), wipedLog);
            await log.LineAsync(2033, "A peer stream");
            await wipedLog.LineAsync(2032);
            Assert.False(second.IsConnectedTo(new NodeId(1)));
        }

        await RunAsync(twoFiles, received);
        Assert.Equal(2, received.Count);
    }

    /// <summary>Runs node 2 until a message of its has arrived.</summary>
    private static async Task RunAsync(InMemoryFileSystem files, Handler received)
    {
        int before = received.Count;
        using DataDirectory directory = DataDirectory.Open(files, Cluster, new NodeId(2));
        using RecordingLog log = new();
        await using GrpcTransport transport = await StartAsync(directory, new Handler(), log);
        await transport.WhenConnectedTo(new NodeId(1)).WaitAsync(TimeSpan.FromSeconds(30));
        transport.Send(new NodeId(1), TestNode.Small(2, 1, 1));
        await received.Arrived.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(before + 1, received.Count);
    }

    private InMemoryFileSystem Initialized(int node)
    {
        InMemoryFileSystem files = new();
        DataDirectory.Initialize(files, Cluster, new NodeId(node), _members, Guid.NewGuid());
        return files;
    }

    private static async Task<GrpcTransport> StartAsync(DataDirectory directory, Handler handler, RecordingLog log)
    {
        GrpcTransportOptions options = new()
        {
            Listen = new IPEndPoint(
                IPAddress.Loopback, directory.Members.First(m => m.NodeId == directory.Identity.NodeId).Address.Port),
            ConnectTimeout = TimeSpan.FromSeconds(20),
            ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
            ReconnectDelayMax = TimeSpan.FromMilliseconds(50),
            StopGrace = TimeSpan.FromMilliseconds(200),
        };
        GrpcTransport transport = new(options, directory, log);
        await transport.StartAsync(handler, CancellationToken.None);
        return transport;
    }

    private sealed class Handler : ITransportHandler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public SemaphoreSlim Arrived { get; } = new(0);

        public void Received(NodeId from, PeerMessage message)
        {
            Assert.IsType<Heartbeat>(Assert.IsType<RaftPeerMessage>(message).Message);
            Interlocked.Increment(ref _count);
            Arrived.Release();
        }

        public void Disconnected(NodeId peer)
        {
        }
    }
}
