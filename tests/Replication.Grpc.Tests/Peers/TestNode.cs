using System.Collections.Concurrent;
using System.Net;
using Replication.Grpc.Tests.Calls;
using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

/// <summary>A transport with its handler, on a port that is known before it starts.</summary>
internal sealed class TestNode : ITransportHandler, IAsyncDisposable
{
    private readonly ConcurrentQueue<(NodeId From, PeerMessage Message)> _received = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly SemaphoreSlim _disconnections = new(0);

    public TestNode(int id, IReadOnlyList<ClusterMember> members, Action<GrpcTransportOptions>? configure = null,
        MemoryJudge? judge = null, TimeProvider? time = null)
    {
        Id = new NodeId(id);
        ClusterMember self = members.First(m => m.NodeId == Id);
        GrpcTransportOptions options = new()
        {
            Listen = new IPEndPoint(IPAddress.Loopback, self.Address.Port),
            ConnectTimeout = TimeSpan.FromSeconds(20),
            ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
            ReconnectDelayMax = TimeSpan.FromMilliseconds(50),
            StopGrace = TimeSpan.FromMilliseconds(200),
        };
        configure?.Invoke(options);
        Judge = judge ?? new MemoryJudge(id);
        Transport = new GrpcTransport(options, Judge, members, Log, time ?? TimeProvider.System);
    }

    public NodeId Id { get; }

    public MemoryJudge Judge { get; }

    public RecordingLog Log { get; } = new();

    public GrpcTransport Transport { get; }

    /// <summary>Gets or sets what runs on the stream's own task when a message arrives.</summary>
    public Action<PeerMessage>? OnReceived { get; set; }

    public int ReceivedCount => _received.Count;

    /// <summary>A member list with free ports of the loopback.</summary>
    public static ClusterMember[] Members(int count, string scheme = "http") =>
        [.. Enumerable.Range(1, count).Select(i =>
            new ClusterMember(new NodeId(i), new Uri($"{scheme}://127.0.0.1:{CallTests.FreePort()}")))];

    public static Heartbeat Heartbeat(int from, int to, long round) => new()
    {
        From = new NodeId(from),
        To = new NodeId(to),
        Term = new Term(3),
        CommitIndex = new LogIndex(2),
        Round = round,
    };

    public static RaftPeerMessage Small(int from, int to, long round) =>
        new(new GroupId(7), Heartbeat(from, to, round), []);

    public static RaftPeerMessage Bulk(int from, int to, long index, int bytes)
    {
        LogEntry entry = new(
            new LogId(new Term(3), new LogIndex(index)), EntryKind.Command, new HybridTimestamp(1), new byte[bytes]);
        AppendEntries message = new()
        {
            From = new NodeId(from),
            To = new NodeId(to),
            Term = new Term(3),
            PrevLogId = new LogId(new Term(3), new LogIndex(index - 1)),
            LastIndex = new LogIndex(index),
            CommitIndex = new LogIndex(1),
            Entries = new[] { entry.Header },
        };
        return new RaftPeerMessage(new GroupId(7), message, [entry]);
    }

    public async Task<TestNode> StartAsync()
    {
        await Transport.StartAsync(this, CancellationToken.None);
        return this;
    }

    public Task ConnectedTo(int peer) =>
        Transport.WhenConnectedTo(new NodeId(peer)).WaitAsync(TimeSpan.FromSeconds(30));

    public void Send(int to, PeerMessage message) => Transport.Send(new NodeId(to), message);

    public async Task<(NodeId From, PeerMessage Message)> NextAsync()
    {
        Assert.True(await _arrivals.WaitAsync(TimeSpan.FromSeconds(30)), "nothing arrived");
        Assert.True(_received.TryDequeue(out var next));
        return next;
    }

    /// <summary>Forgets the notices so far and waits for another one.</summary>
    public async Task DisconnectionAsync()
    {
        Assert.True(await _disconnections.WaitAsync(TimeSpan.FromSeconds(30)), "no notice came");
    }

    public void ForgetDisconnections()
    {
        while (_disconnections.Wait(0))
        {
        }
    }

    void ITransportHandler.Received(NodeId from, PeerMessage message)
    {
        OnReceived?.Invoke(message);
        _received.Enqueue((from, message));
        _arrivals.Release();
    }

    void ITransportHandler.Disconnected(NodeId peer) => _disconnections.Release();

    public ValueTask DisposeAsync() => Transport.DisposeAsync();
}
