using Replication.StateMachines;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Replication.Testing.Simulation;

/// <summary>A state machine of yours, what clients do with it, and how what they saw is judged.</summary>
/// <remarks>
/// One instance serves one run, on one thread; it may keep what it needs to draw operations. Everything in it must
/// follow from the calls it gets: no clock, no other random numbers, no threads, or a seed does not replay. Each
/// snapshot is written twice, the second time when later commands were applied, and restored into a fresh machine.
/// </remarks>
/// <typeparam name="TMachine">The state machine.</typeparam>
public abstract class StateMachineWorkload<TMachine>
    where TMachine : IStateMachine
{
    /// <summary>Makes a machine in its first state; each process of each node gets one of its own.</summary>
    /// <returns>The machine.</returns>
    public abstract TMachine CreateMachine();

    /// <summary>Draws the next operation of a client: a <see cref="Command"/> or a <see cref="Query"/>.</summary>
    /// <param name="random">The client's random numbers.</param>
    /// <returns>The operation.</returns>
    public abstract SimulatedOperation<TMachine> Draw(WorkloadRandom random);

    /// <summary>Judges what the clients saw, by a checker or by a rule of your own.</summary>
    /// <param name="history">All operations of the run. One whose outcome its client never learned is
    /// <see cref="HistoryEventType.Info"/>; a client goes on under another process number after it.</param>
    /// <returns>The verdict.</returns>
    public abstract Verdict Check(History history);

    /// <summary>A client learned how an operation ended that succeeded.</summary>
    /// <param name="client">The number of the client, as in <see cref="WorkloadRandom.Client"/>.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="result">Its result.</param>
    public virtual void Learned(int client, SimulatedOperation<TMachine> operation, HistoryValue result)
    {
    }

    /// <summary>Gets what one client does at the end, one after the other, when all faults are over and all replicas
    /// are equal; usually it reads everything.</summary>
    /// <returns>The operations; none by default.</returns>
    public virtual IEnumerable<SimulatedOperation<TMachine>> FinalOperations() => [];

    /// <summary>Writes what must be equal on replicas that have executed the same commands.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="destination">Where to.</param>
    /// <remarks>By default the snapshot. Override it if snapshots of equal states may differ, as those that follow
    /// the order of a hash table do.</remarks>
    public virtual void WriteState(TMachine machine, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(machine);
        using IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
        snapshot.WriteTo(destination);
    }

    /// <summary>Makes an operation that goes through the log.</summary>
    /// <param name="f">Its name in the history, such as "write".</param>
    /// <param name="key">The object that it concerns; <see cref="HistoryValue.Null"/> if there is one only.</param>
    /// <param name="argument">Its argument in the history.</param>
    /// <param name="command">The command for <see cref="IStateMachine.Apply"/>; not changed afterwards.</param>
    /// <param name="resultOf">Reads what the machine answered, for the history; null if the argument stands for it. An
    /// exception from it is a violation: the machine answered what its client can't read.</param>
    /// <returns>The operation.</returns>
    protected static SimulatedOperation<TMachine> Command(
        string f,
        HistoryValue key,
        HistoryValue argument,
        ReadOnlyMemory<byte> command,
        Func<ReadOnlyMemory<byte>, HistoryValue>? resultOf = null) =>
        new(f, key, argument) { Command = command, ResultOf = resultOf };

    /// <summary>Makes a linearizable query, served by whichever node the client asks.</summary>
    /// <param name="f">Its name in the history, such as "read".</param>
    /// <param name="key">The object that it concerns; <see cref="HistoryValue.Null"/> if there is one only.</param>
    /// <param name="query">Looks at the machine, between two commands, and changes nothing.</param>
    /// <returns>The operation.</returns>
    protected static SimulatedOperation<TMachine> Query(
        string f, HistoryValue key, Func<TMachine, HistoryValue> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new SimulatedOperation<TMachine>(f, key, HistoryValue.Null) { Query = query };
    }
}
