using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>What a model sees of an operation. Operations that are equal here are interchangeable.</summary>
public readonly record struct ModelOperation
{
    /// <summary>Initializes a new instance of the <see cref="ModelOperation"/> struct.</summary>
    /// <param name="operation">The operation of a history.</param>
    public ModelOperation(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        F = operation.F;
        Argument = operation.Argument;
        IsResultKnown = operation.Outcome == HistoryEventType.Ok;
        if (IsResultKnown)
        {
            Result = operation.Result;
            Position = operation.Completion!.Position;
        }
    }

    /// <summary>Gets the name of the operation.</summary>
    public string F { get; }

    /// <summary>Gets the argument.</summary>
    public HistoryValue Argument { get; }

    /// <summary>Gets a value that indicates whether the client got an answer.</summary>
    /// <value>False for an operation of unknown outcome: if it took effect, then with whatever result.</value>
    public bool IsResultKnown { get; }

    /// <summary>Gets the result; null if it is not known.</summary>
    public HistoryValue Result { get; }

    /// <summary>Gets the position in the log that came with the result.</summary>
    public long? Position { get; }

    internal ArgumentException UnknownTo(string model) =>
        new($"The model \"{model}\" has no operation \"{F}\" with argument {Argument} and result {Result}.");
}
