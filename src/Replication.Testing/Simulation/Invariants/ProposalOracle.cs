using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Checks that a proposal becomes one entry at most, and none if its caller was told that it was refused:
/// whoever hears that may send it again.</summary>
/// <remarks>Equal payloads are counted together.</remarks>
internal sealed class ProposalOracle(ClusterOracle oracle)
{
    private readonly Dictionary<ulong, Count> _counts = [];
    private readonly HashSet<(long Session, long Sequence)> _given = [];

    /// <summary>A session gives a client the id of its next write.</summary>
    public void Given(RequestId request)
    {
        if (!_given.Add((request.SessionId, request.Sequence)))
        {
            oracle.Violate("request-id-once", $"{request} stands for another write already");
        }
    }

    /// <summary>A caller hands a proposal to a node.</summary>
    public void Proposed(ulong payload)
    {
        Count count = _counts.GetValueOrDefault(payload);
        _counts[payload] = count with { Proposed = count.Proposed + 1 };
    }

    /// <summary>A caller is told how its proposal ended.</summary>
    public void Ended(ulong payload, WriteOutcome outcome)
    {
        if (outcome == WriteOutcome.Rejected)
        {
            Count count = _counts.GetValueOrDefault(payload);
            count = count with { Refused = count.Refused + 1 };
            _counts[payload] = count;
            Check(count, "a proposal is refused");
        }
    }

    /// <summary>An entry is executed for the first time.</summary>
    public void Executed(LogId id, ulong payload)
    {
        Count count = _counts.GetValueOrDefault(payload);
        count = count with { Executed = count.Executed + 1 };
        _counts[payload] = count;
        Check(count, $"entry {id} is executed");
    }

    private void Check(in Count count, string what)
    {
        if (count.Executed > count.Proposed - count.Refused)
        {
            oracle.Violate("proposal-once", $"{what}: {count.Executed} entries hold its payload, which was proposed "
                + $"{count.Proposed} times and refused {count.Refused} times");
        }
    }

    private readonly record struct Count(int Proposed, int Refused, int Executed);
}
