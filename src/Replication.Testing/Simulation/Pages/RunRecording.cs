using Replication.Groups;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Nodes;
using Replication.Transport;

namespace Replication.Testing.Simulation.Pages;

/// <summary>Takes down what happens in a run, for a picture of it: everything about nodes and faults, and the last
/// messages.</summary>
/// <param name="messagesMax">How many messages; earlier ones are forgotten.</param>
internal sealed class RunRecording(int messagesMax = RunRecording.MessagesMax)
{
    /// <summary>How many messages a picture holds that can still be looked at.</summary>
    public const int MessagesMax = 3_000;

    private readonly Queue<MessageFlight> _flights = new();
    private readonly Dictionary<PeerMessage, MessageFlight> _byMessage = new(ReferenceEqualityComparer.Instance);
    private readonly List<NodeMoment> _moments = [];
    private readonly SortedDictionary<int, NodeMoment> _last = [];
    private readonly List<FaultSpan> _faults = [];
    private readonly List<NodeRow> _rows = [];

    /// <summary>Gets the messages, in order of sending.</summary>
    public IReadOnlyCollection<MessageFlight> Flights => _flights;

    /// <summary>Gets the changes of nodes, in order of time.</summary>
    public IReadOnlyList<NodeMoment> Moments => _moments;

    public IReadOnlyList<FaultSpan> Faults => _faults;

    /// <summary>Gets what the nodes were at the end.</summary>
    public IReadOnlyList<NodeRow> Rows => _rows;

    /// <summary>Gets the moment from which on every message is known.</summary>
    public long From { get; private set; }

    /// <summary>Gets when faults ended and everything was mended; null if the run did not come so far.</summary>
    public long? HealedAt { get; private set; }

    /// <summary>A message leaves a node.</summary>
    public void Sent(long now, int from, int to, PeerMessage message)
    {
        if (_flights.Count == messagesMax)
        {
            _byMessage.Remove(_flights.Dequeue().Message);
            From = _flights.TryPeek(out MessageFlight? oldest) ? oldest.SentAt : now;
        }

        MessageFlight flight = new(now, from, to, message);
        _flights.Enqueue(flight);
        _byMessage[message] = flight;
    }

    /// <summary>A message arrives.</summary>
    public void Arrived(long now, PeerMessage message)
    {
        if (_byMessage.TryGetValue(message, out MessageFlight? flight))
        {
            flight.Arrivals.Add(now);
        }
    }

    /// <summary>A message is lost.</summary>
    public void Lost(PeerMessage message, string how)
    {
        if (_byMessage.TryGetValue(message, out MessageFlight? flight))
        {
            flight.Lost = how;
        }
    }

    /// <summary>A node may have changed.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="node">Its number.</param>
    /// <param name="role">Its role; null if it has no process.</param>
    /// <param name="term">Its term.</param>
    public void Became(long now, int node, RaftRole? role, Term term)
    {
        NodeMoment moment = new(now, node, role, term);
        if (!_last.TryGetValue(node, out NodeMoment last) || last.Role != role || last.Term != term)
        {
            _last[node] = moment;
            _moments.Add(moment);
        }
    }

    public void FaultBegan(long now, int number, in PlannedFault fault, int target) =>
        _faults.Add(new FaultSpan(number, fault, target, now));

    public void FaultEnded(long now, int number)
    {
        if (_faults.FindLast(span => span.Number == number) is { } span)
        {
            span.EndedAt = now;
        }
    }

    public void Healed(long now) => HealedAt = now;

    /// <summary>The run is over.</summary>
    public void Finish(SimulatedCluster cluster) => _rows.AddRange(cluster.Nodes.SelectMany(RowsOf));

    private static IEnumerable<NodeRow> RowsOf(SimulatedNode node)
    {
        string state = node.IsLost ? "disk lost" : !node.IsAlive ? "down" : node.IsPaused ? "paused" : "runs";
        if (node.Process is not { } process)
        {
            return [new NodeRow(node.Number, state, node.Boots, [])];
        }

        return process.Replicas.Select(replica => RowOf(node, state + node.Cluster.Suffix(replica.Of), replica.Group));
    }

    private static NodeRow RowOf(SimulatedNode node, string state, ReplicaGroup group)
    {
        RaftStatus raft = group.Raft;
        return new NodeRow(node.Number, state, node.Boots,
        [
            raft.Role.ToString(), raft.CurrentTerm.ToString(), raft.VotedFor.ToString(), raft.Leader.ToString(),
            raft.CompactedIndex.ToString(), raft.LastLogId.ToString(), raft.DurableIndex.ToString(),
            raft.CommitIndex.ToString(), group.AppliedId.ToString(), group.CheckpointId.ToString(),
        ]);
    }
}

/// <summary>A fault that had an effect, and how long it did.</summary>
internal sealed class FaultSpan(int number, PlannedFault fault, int target, long beganAt)
{
    public int Number { get; } = number;

    public PlannedFault Fault { get; } = fault;

    /// <summary>Gets the node that it was of.</summary>
    public int Target { get; } = target;

    public long BeganAt { get; } = beganAt;

    /// <summary>Gets or sets when it ended; null if it had not at the end.</summary>
    public long? EndedAt { get; set; }

    /// <summary>Gets a value indicating whether it is of the one node.</summary>
    public bool IsOfNode => Fault.Kind is not (FaultKind.PowerLossOfAll or FaultKind.CutOneWay or FaultKind.Halves
        or FaultKind.MajorityRing or FaultKind.SwizzleClog or FaultKind.BreakConnection)
        && FaultPlanner.ClassOf(Fault.Kind) != FaultClasses.Messages;
}

/// <summary>What a node was at the end.</summary>
/// <param name="Node">Its number.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Ends">How many of its processes have ended.</param>
/// <param name="Values">Its values, as <see cref="Columns"/> names them; empty without a process.</param>
internal sealed record NodeRow(int Node, string State, int Ends, IReadOnlyList<string> Values)
{
    public static IReadOnlyList<string> Columns { get; } =
        ["role", "term", "voted for", "leader", "log from", "log to", "durable", "commit", "applied", "checkpoint"];
}
