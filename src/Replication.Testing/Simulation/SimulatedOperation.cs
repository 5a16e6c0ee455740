using Replication.StateMachines;
using Replication.Testing.Histories;

namespace Replication.Testing.Simulation;

/// <summary>What a simulated client does: a command or a query, and how it stands in the history.</summary>
/// <remarks>Made by <see cref="StateMachineWorkload{TMachine}"/>.</remarks>
/// <typeparam name="TMachine">The state machine.</typeparam>
public sealed class SimulatedOperation<TMachine>
    where TMachine : IStateMachine
{
    internal SimulatedOperation(string f, HistoryValue key, HistoryValue argument)
    {
        ArgumentException.ThrowIfNullOrEmpty(f);
        F = f;
        Key = key;
        Argument = argument;
    }

    /// <summary>Gets the name of the operation in the history.</summary>
    public string F { get; }

    /// <summary>Gets the key in the history.</summary>
    public HistoryValue Key { get; }

    /// <summary>Gets the argument in the history.</summary>
    public HistoryValue Argument { get; }

    internal ReadOnlyMemory<byte> Command { get; init; }

    internal Func<ReadOnlyMemory<byte>, HistoryValue>? ResultOf { get; init; }

    /// <summary>Gets the query; null for a command.</summary>
    internal Func<TMachine, HistoryValue>? Query { get; init; }

    /// <summary>Writes the operation for people to read.</summary>
    /// <returns>Such as <c>increment "x" 1</c>.</returns>
    public override string ToString() => $"{F} {Key} {Argument}";
}
