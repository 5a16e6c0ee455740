using System.Collections.Concurrent;
using System.Diagnostics;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Testing.Conformance.Transport;

/// <summary>Nodes that are nothing but a transport and what arrived over it.</summary>
internal sealed class TransportCluster : IAsyncDisposable
{
    // A message may be lost, and while nodes connect they are.
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(20);
    private readonly Func<NodeId, ITransport> _create;
    private readonly Endpoint[] _nodes;
    private readonly TimeSpan _patience;

    private TransportCluster(Func<NodeId, ITransport> create, int count, TimeSpan patience)
    {
        _create = create;
        _patience = patience;
        _nodes = [.. Enumerable.Range(1, count).Select(number => new Endpoint(number))];
    }

    /// <summary>Gets everything that arrived: where, from whom, what.</summary>
    public IEnumerable<(int Node, NodeId From, PeerMessage Message)> Arrivals => _nodes.SelectMany(
        node => node.Arrivals.Select(arrival => (node.Number, arrival.From, arrival.Message)));

    /// <summary>Makes nodes and starts the first of them.</summary>
    public static async Task<TransportCluster> StartAsync(
        Func<IReadOnlyList<NodeId>, Func<NodeId, ITransport>> network, int count, int started,
        TimeSpan patience)
    {
        TransportCluster cluster = new(
            network([.. Enumerable.Range(1, count).Select(number => new NodeId(number))]), count, patience);
        for (int node = 1; node <= Math.Min(count, started); node++)
        {
            await cluster.StartAsync(node).ConfigureAwait(false);
        }

        return cluster;
    }

    public async Task StartAsync(int node)
    {
        Endpoint endpoint = _nodes[node - 1];
        endpoint.Transport = _create(new NodeId(node));
        await endpoint.Transport.StartAsync(endpoint, CancellationToken.None).ConfigureAwait(false);
    }

    public async Task StopAsync(int node)
    {
        if (_nodes[node - 1].Transport is { } transport)
        {
            _nodes[node - 1].Transport = null;
            await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Send(int from, int to, PeerMessage message) =>
        _nodes[from - 1].Transport!.Send(new NodeId(to), message);

    /// <summary>Sends a message until it arrives.</summary>
    public async Task<(NodeId From, PeerMessage Message)> SendUntilReceivedAsync(
        int from, int to, PeerMessage message)
    {
        Endpoint receiver = _nodes[to - 1];
        long begin = Stopwatch.GetTimestamp();
        do
        {
            Send(from, to, message);
            if (await receiver.WaitAsync(arrival => KeyOf(arrival.Message) == KeyOf(message), ResendInterval)
                .ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }
        while (Stopwatch.GetElapsedTime(begin) < _patience);

        throw new ConformanceException($"a message from node {from} does not arrive at node {to}.");
    }

    /// <summary>Forgets what a node has heard of ways that broke: while nodes connect, some may.</summary>
    public void ForgetBreaks(int node) => _nodes[node - 1].ForgetBreaks();

    /// <summary>Waits until a node has heard that the way to another broke.</summary>
    public async Task BreakAsync(int node, int peer)
    {
        if (!await _nodes[node - 1].WaitForBreakAsync(new NodeId(peer), _patience).ConfigureAwait(false))
        {
            throw new ConformanceException($"node {node} does not hear that the way to node {peer} broke.");
        }
    }

    /// <summary>Has a node's handler not return until <see cref="Unblock"/>.</summary>
    public void Block(int node) => _nodes[node - 1].Gate.Reset();

    public void Unblock(int node) => _nodes[node - 1].Gate.Set();

    public async ValueTask DisposeAsync()
    {
        foreach (Endpoint node in _nodes)
        {
            node.Gate.Set();
            await StopAsync(node.Number).ConfigureAwait(false);
        }
    }

    private static (string Kind, long Number) KeyOf(PeerMessage message) => message switch
    {
        ForwardedProposal proposal => ("proposal", proposal.RequestId),
        ForwardedProposalReply reply => ("reply", reply.RequestId),
        RaftPeerMessage { Message: Heartbeat heartbeat } => ("heartbeat", heartbeat.Round),
        RaftPeerMessage { Message: AppendEntries entries } => ("entries", entries.LastIndex.Value),
        _ => (string.Empty, 0),
    };

    private sealed class Endpoint(int number) : ITransportHandler
    {
        private readonly ConcurrentQueue<NodeId> _breaks = new();
        private volatile TaskCompletionSource _changed = NewSignal();

        public int Number => number;

        public ITransport? Transport { get; set; }

        public ManualResetEventSlim Gate { get; } = new(initialState: true);

        public ConcurrentQueue<(NodeId From, PeerMessage Message)> Arrivals { get; } = new();

        public void Received(NodeId from, PeerMessage message)
        {
            Gate.Wait();
            Arrivals.Enqueue((from, message));
            Changed();
        }

        public void Disconnected(NodeId peer)
        {
            _breaks.Enqueue(peer);
            Changed();
        }

        public async Task<(NodeId From, PeerMessage Message)?> WaitAsync(
            Func<(NodeId From, PeerMessage Message), bool> isWanted, TimeSpan patience)
        {
            bool HasArrived() => Arrivals.Any(isWanted);
            return await WaitUntilAsync(HasArrived, patience).ConfigureAwait(false) ? Arrivals.First(isWanted) : null;
        }

        public void ForgetBreaks() => _breaks.Clear();

        public Task<bool> WaitForBreakAsync(NodeId peer, TimeSpan patience) =>
            WaitUntilAsync(() => _breaks.Contains(peer), patience);

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private void Changed() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

        private async Task<bool> WaitUntilAsync(Func<bool> condition, TimeSpan patience)
        {
            using CancellationTokenSource limit = new(patience);
            while (true)
            {
                // Taken before the look, so that what comes in between is not missed.
                Task change = _changed.Task;
                if (condition())
                {
                    return true;
                }

                try
                {
                    await change.WaitAsync(limit.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return condition();
                }
            }
        }
    }
}
