using System.Buffers;
using Replication.Raft.Primitives;

namespace Replication.StateMachines;

/// <summary>A state machine together with its place on disk: what a group drives. Restarts from its last checkpoint
/// instead of the whole log.</summary>
/// <remarks>
/// The group passes an attachment of its own (log time) to <see cref="CaptureCheckpoint"/> and reads it back from
/// <see cref="CheckpointAttachment"/>. A layer between, such as client sessions, wraps the machine below it and the
/// attachment of the
/// layer above it. A <see cref="CheckpointId"/> changes only within IBackgroundWork.Completed, that is on the owner's
/// executor.
/// </remarks>
internal interface ICheckpointedStateMachine : IDisposable
{
    /// <summary>Gets the entry that the newest durable checkpoint holds; everything up to it needs no replay.</summary>
    LogId CheckpointId { get; }

    /// <summary>Gets what was stored beside the newest durable checkpoint (client sessions, log time); empty if there
    /// is none.</summary>
    ReadOnlyMemory<byte> CheckpointAttachment { get; }

    /// <summary>Gets the bytes of applied state that only memory holds until a checkpoint is durable; 0 if the machine
    /// keeps its state in memory anyway.</summary>
    long UnwrittenBytes => 0;

    /// <summary>Gets whether this release can execute a command that another node sends; a leader appends no
    /// other.</summary>
    bool CanApply(ReadOnlySpan<byte> command) => true;

    /// <summary>Executes a committed command; the owner calls it in order of index.</summary>
    void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result);

    /// <summary>Makes what was applied visible to readers; called once after a run of applies.</summary>
    void Publish();

    /// <summary>Captures a checkpoint exactly after the last applied entry; cheap. At most one is under way.</summary>
    /// <param name="id">The last applied entry.</param>
    /// <param name="attachment">Stored beside it.</param>
    /// <returns>The disk work, to be run elsewhere while applies go on.</returns>
    IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment);
}

/// <summary>Disk work that runs beside the executor, on a background worker in production, as an event in a
/// simulation.</summary>
internal interface IBackgroundWork
{
    /// <summary>Does the work; what it writes is durable when it returns. Throws StorageFailedException.</summary>
    void Run();

    /// <summary>Tells the owner, on its executor, that the work is done.</summary>
    void Completed();
}
