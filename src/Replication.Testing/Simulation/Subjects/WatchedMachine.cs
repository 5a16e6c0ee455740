using System.Buffers;
using Replication.StateMachines;
using Replication.Testing.Simulation.Invariants;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>A user's state machine whose snapshots are held against the state that they were captured of.</summary>
/// <remarks>A bad snapshot does harm only where a node restarts from it before the next one; here each is
/// tried.</remarks>
internal sealed class WatchedMachine<TMachine>(
    TMachine machine, StateMachineWorkload<TMachine> workload, ClusterOracle oracle, int node) : IStateMachine
    where TMachine : IStateMachine
{
    private readonly StateMachineWorkload<TMachine> _workload = workload;

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
        machine.Apply(context, command, result);

    public IStateMachineSnapshot CaptureSnapshot()
    {
        ulong state = DigestOf(machine);
        return new Snapshot(this, machine.CaptureSnapshot(), state);
    }

    public void RestoreSnapshot(Stream source) => machine.RestoreSnapshot(source);

    /// <summary>Computes a digest of the state.</summary>
    public ulong StateDigest() => DigestOf(machine);

    private static ReadOnlySpan<byte> Written(MemoryStream stream) =>
        stream.GetBuffer().AsSpan(0, (int)stream.Length);

    private ulong DigestOf(TMachine of)
    {
        using MemoryStream state = new();
        _workload.WriteState(of, state);
        return StateHash.Of(Written(state));
    }

    private void Violate(string detail) => oracle.Violate("snapshot", $"node {node}: {detail}");

    private sealed class Snapshot(WatchedMachine<TMachine> owner, IStateMachineSnapshot snapshot, ulong state)
        : IStateMachineSnapshot
    {
        private MemoryStream? _written;

        public void WriteTo(Stream destination)
        {
            _written = new MemoryStream();
            snapshot.WriteTo(_written);
            destination.Write(Written(_written));
        }

        // By now the file is durable, and commands have been applied since.
        public void Dispose()
        {
            if (_written is { } written)
            {
                CheckUnchanged(written);
                CheckRestored(written);
            }

            snapshot.Dispose();
        }

        private void CheckUnchanged(MemoryStream written)
        {
            using MemoryStream again = new();
            snapshot.WriteTo(again);
            if (!Written(again).SequenceEqual(Written(written)))
            {
                owner.Violate("a snapshot writes something else once later commands were applied: "
                    + "it shares state with the machine");
            }
        }

        private void CheckRestored(MemoryStream written)
        {
            TMachine restored = owner._workload.CreateMachine();
            written.Position = 0;
            restored.RestoreSnapshot(written);
            if (owner.DigestOf(restored) != state)
            {
                owner.Violate("a snapshot, restored, gives another state than the one that it was captured of");
            }
        }
    }
}
