using System.Buffers;
using Replication.Errors;
using Replication.Raft.Primitives;

namespace Replication.StateMachines;

/// <summary>A state machine together with its place on disk: restarts from its last checkpoint instead of the whole
/// log.</summary>
/// <remarks>
/// One owner makes all calls, one at a time, but <see cref="IBackgroundWork.Run"/>. What is applied is durable only
/// with a checkpoint: after a restart the owner applies the entries after <see cref="CheckpointId"/> again. Whoever
/// opens one on a disk gets it at its newest durable checkpoint; a damaged one is a
/// <see cref="StorageCorruptedException"/>, never made up for by an older one. After a
/// <see cref="StorageFailedException"/> it is only disposed, and never while a Run is under way.
/// </remarks>
public interface ICheckpointedStateMachine : IDisposable
{
    /// <summary>Gets the entry that the newest durable checkpoint holds; <see cref="LogId.Zero"/> if there is
    /// none.</summary>
    /// <remarks>The log up to it may be gone: it never goes back, neither by a restart nor by a power loss.</remarks>
    LogId CheckpointId { get; }

    /// <summary>Gets what was stored beside the newest durable checkpoint (client sessions, log time); empty if there
    /// is none.</summary>
    ReadOnlyMemory<byte> CheckpointAttachment { get; }

    /// <summary>Executes a committed command, in memory only.</summary>
    /// <param name="context">Position and log time of the entry; indexes rise, with gaps.</param>
    /// <param name="command">The command; valid during the call.</param>
    /// <param name="result">Receives the result; may stay empty.</param>
    void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result);

    /// <summary>Captures a checkpoint of what is applied; cheap. At most one is under way.</summary>
    /// <param name="id">The last applied entry, or a later one that was no command.</param>
    /// <param name="attachment">Stored beside it: client sessions, up to about 70 MiB. Not changed
    /// afterwards.</param>
    /// <returns>The disk work, to be run elsewhere while applies go on. <see cref="CheckpointId"/> moves when it is
    /// completed.</returns>
    /// <exception cref="InvalidOperationException">The last one is not completed.</exception>
    IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment);

    // What only the library's own machines know of: stores of a user's machine keep the state in memory, execute every
    // command, and are read on their owner's executor.

    /// <summary>Gets the bytes of applied state that only memory holds until a checkpoint is durable; 0 if the machine
    /// keeps its state in memory anyway.</summary>
    internal long UnwrittenBytes => 0;

    /// <summary>Gets whether this release can execute a command that another node sends; a leader appends no
    /// other.</summary>
    internal bool CanApply(ReadOnlySpan<byte> command) => true;

    /// <summary>Makes what was applied visible to readers; called once after a run of applies.</summary>
    internal void Publish()
    {
    }
}

/// <summary>The disk work of one checkpoint, beside the executor: on a background worker in production, as an event in
/// a simulation.</summary>
public interface IBackgroundWork
{
    /// <summary>Does the work, once, on any thread; the checkpoint is durable when it returns.</summary>
    /// <exception cref="StorageFailedException">The disk failed. It isn't known whether the checkpoint is
    /// durable.</exception>
    void Run();

    /// <summary>Takes note that the work is done; called by the owner, once, after <see cref="Run"/> has
    /// returned.</summary>
    /// <exception cref="InvalidOperationException">It has not returned, or this was called before.</exception>
    void Completed();
}
