using Replication.Raft.Inputs;
using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>The Raft algorithm of one group on one node: equal start and equal inputs give equal outputs.</summary>
/// <remarks>Not thread-safe: one owner steps it. Payload bytes never enter.</remarks>
public sealed class RaftCore
{
    private readonly RaftOutput _output = new();

    /// <summary>Creates a core from what its node found on disk.</summary>
    /// <param name="config">The settings; checked.</param>
    /// <param name="recovery">The persisted state.</param>
    /// <param name="now">The current moment.</param>
    public RaftCore(RaftConfig config, RaftRecovery recovery, Instant now)
    {
        Config = config;
        _ = recovery;
        _output.NextDeadline = now;
    }

    /// <summary>Gets the settings.</summary>
    public RaftConfig Config { get; }

    /// <summary>Gets what this core is and knows now.</summary>
    public RaftStatus Status { get; }

    /// <summary>Gets what the leader knows of its peers, in order of node id; empty on a node that doesn't lead.</summary>
    public IReadOnlyList<PeerStatus> Peers { get; } = [];

    /// <summary>Reacts to an input.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than in the step before.</param>
    /// <returns>What to do; the same object each time.</returns>
    public RaftOutput Step(RaftInput input, Instant now) => _output;
}
