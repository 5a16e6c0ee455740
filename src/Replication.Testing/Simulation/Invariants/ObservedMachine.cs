using System.Buffers;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>A state machine whose commands and results an oracle sees; between the group and the client
/// sessions.</summary>
internal sealed class ObservedMachine(ICheckpointedStateMachine machine, ClusterOracle oracle, int node)
    : ICheckpointedStateMachine
{
    private readonly ArrayBufferWriter<byte> _result = new();

    public LogId CheckpointId => machine.CheckpointId;

    public ReadOnlyMemory<byte> CheckpointAttachment => machine.CheckpointAttachment;

    public long UnwrittenBytes => machine.UnwrittenBytes;

    public bool CanApply(ReadOnlySpan<byte> command) => machine.CanApply(command);

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        _result.ResetWrittenCount();
        machine.Apply(context, command, _result);
        oracle.Applied(node, context.Id, context.Timestamp, command, _result.WrittenSpan);
        result.Write(_result.WrittenSpan);
    }

    public void Publish() => machine.Publish();

    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
        machine.CaptureCheckpoint(id, attachment);

    public void Dispose() => machine.Dispose();
}
