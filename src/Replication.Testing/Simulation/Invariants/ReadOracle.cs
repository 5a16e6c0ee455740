using Replication.Raft.Primitives;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Checks what every answer to a linearizable read stands on: the state holds all that was committed when the
/// read began, and since then a majority has told one leader that it still follows it (thesis §6.4).</summary>
/// <remarks>Which of its rounds a leader takes that from is not asked: an answer that was sent after the read began
/// shows by itself that its sender had gone on to no later term by then.</remarks>
internal sealed class ReadOracle(ClusterOracle oracle, SimulationConfig config)
{
    private readonly Term[] _terms = new Term[config.Nodes + 1];
    private readonly long[][] _told =
        [.. Enumerable.Range(0, config.Nodes + 1).Select(_ => new long[config.Nodes + 1])];

    private readonly long[] _sorted = new long[config.Nodes + 1];

    // Since then some leader has heard of a majority, as far as anything was heard.
    private long _followedSince = config.Majority == 1 ? long.MaxValue : -1;

    /// <summary>A node tells the leader of a term that it follows it.</summary>
    public void Followed(int leader, Term term, int follower, long now)
    {
        long[] told = _told[leader];
        if (_terms[leader] != term)
        {
            _terms[leader] = term;
            Array.Fill(told, -1);
            told[leader] = long.MaxValue;
        }

        told[follower] = now;
        told.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        _followedSince = Math.Max(_followedSince, _sorted[^config.Majority]);
    }

    /// <summary>A linearizable read is answered.</summary>
    /// <param name="node">Where.</param>
    /// <param name="applied">The state that it is answered from.</param>
    /// <param name="committed">What was committed when it began.</param>
    /// <param name="began">When it began.</param>
    public void Served(int node, LogId applied, long committed, long began)
    {
        if (applied.Index.Value < committed)
        {
            oracle.Violate("read-index", $"node {node} answers a read at {applied}, which began when entry {committed} "
                + "was committed");
        }
        else if (_followedSince < began)
        {
            oracle.Violate("read-confirmed", $"node {node} answers a read that began at {began} ns, but no leader was "
                + $"told by a majority that they followed it since; the last one was until {_followedSince} ns");
        }
    }
}
