using System.Buffers;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.StateMachines;

/// <summary>A deterministic machine that every replica of a group runs over the same log: equal commands in equal order
/// give equal state.</summary>
/// <remarks>
/// All members are called by one owner, one call at a time, but <see cref="IStateMachineSnapshot.WriteTo"/>. Apply may
/// depend on
/// nothing but the state, the command and the context: no clock, no random, no hash order. An exception stops the node:
/// every
/// replica would throw at the same entry.
/// </remarks>
public interface IStateMachine
{
    /// <summary>Executes a committed command.</summary>
    /// <param name="context">Position and log time of the entry.</param>
    /// <param name="command">The command as proposed; valid during the call.</param>
    /// <param name="result">Receives the result that goes back to the proposer; may stay empty.</param>
    void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result);

    /// <summary>Captures the state as of the last applied command; later commands must not change what it
    /// writes.</summary>
    /// <returns>The snapshot; the caller disposes it.</returns>
    IStateMachineSnapshot CaptureSnapshot();

    /// <summary>Replaces the state by a snapshot's.</summary>
    /// <param name="source">What <see cref="IStateMachineSnapshot.WriteTo"/> wrote.</param>
    void RestoreSnapshot(Stream source);
}

/// <summary>A captured state.</summary>
public interface IStateMachineSnapshot : IDisposable
{
    /// <summary>Writes the state; called on another thread while commands are applied.</summary>
    /// <param name="destination">Where to.</param>
    void WriteTo(Stream destination);
}

/// <summary>Where in the log a command stands.</summary>
/// <param name="Id">Term and index of its entry.</param>
/// <param name="Timestamp">Log time: the leader's timestamp on the entry; the only clock a state machine may
/// use.</param>
public readonly record struct ApplyContext(LogId Id, HybridTimestamp Timestamp);
