using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Checks that every replica executes the same commands with the same results at the same places, also after
/// restarts from checkpoints, and each request id once.</summary>
internal sealed class ApplyOracle(ClusterOracle oracle, SimulatedCluster cluster)
{
    private readonly Dictionary<long, ulong> _executed = [];
    private readonly Dictionary<(long Session, long Sequence), LogId> _requests = [];
    private readonly long[] _last = new long[cluster.Config.Nodes + 1];
    private readonly long[] _restored = new long[cluster.Config.Nodes + 1];

    /// <summary>A process starts from a checkpoint.</summary>
    public void Restarted(int node, LogId checkpoint)
    {
        _last[node] = checkpoint.Index.Value;
        _restored[node] = checkpoint.Index.Value;
    }

    public void Applied(
        int node, LogId id, HybridTimestamp timestamp, ReadOnlySpan<byte> command, ReadOnlySpan<byte> result)
    {
        long index = id.Index.Value;
        if (index <= _last[node])
        {
            oracle.Violate("applied-in-order", $"node {node} executes entry {id} after entry {_last[node]}");
        }

        _last[node] = index;
        ulong payload = StateHash.Of(command);
        ulong hash = StateHash.Mixed(
            StateHash.Mixed(payload, StateHash.Of(result)),
            StateHash.Mixed((ulong)id.Term.Value, (ulong)timestamp.Value));
        cluster.Note(hash);
        if (_executed.TryAdd(index, hash))
        {
            oracle.Proposals.Executed(id, payload);
            CheckRequest(node, id, command, result);
        }
        else if (_executed[index] != hash)
        {
            oracle.Violate("state-machine-safety",
                $"node {node} executes entry {id} with another command or result than a replica before");
        }
        else
        {
            cluster.Probes.Reached(Probe.EntryExecutedAgain);
        }
    }

    private void CheckRequest(int node, LogId id, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> result)
    {
        if (!CommandEnvelope.TryRead(payload, out CommandEnvelope envelope, out _)
            || envelope.Kind != CommandKind.SessionCommand || result.IsEmpty)
        {
            return;
        }

        RequestId request = envelope.Request;
        switch ((CommandResultCode)result[0])
        {
            case CommandResultCode.Applied:
                if (!_requests.TryAdd((request.SessionId, request.Sequence), id))
                {
                    oracle.Violate("exactly-once", $"entry {id} executes {request} again, after entry "
                        + $"{_requests[(request.SessionId, request.Sequence)]}");
                }

                break;
            case CommandResultCode.Replayed:
                Replayed(node, id, _requests.GetValueOrDefault((request.SessionId, request.Sequence)));
                break;
            default:
                break;
        }
    }

    private void Replayed(int node, LogId id, LogId first)
    {
        cluster.Probes.Reached(Probe.SessionReplay);
        if (id.Term > first.Term)
        {
            cluster.Probes.Reached(Probe.SessionReplayInLaterTerm);
        }

        if (first.Index.Value <= _restored[node])
        {
            cluster.Probes.Reached(Probe.SessionReplayAfterRestore);
        }
    }
}
