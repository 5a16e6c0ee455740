using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>A model as a state machine of your own.</summary>
/// <typeparam name="TState">A state: immutable, with an equality by content that is cheap to ask.</typeparam>
/// <example>
/// A counter takes two methods: <see cref="Initial"/> gives 0; <see cref="TryApply"/> adds the argument of an "add",
/// and of a "read" compares the result with the state if the result is known.
/// </example>
public abstract class Model<TState> : Model
    where TState : notnull
{
    /// <summary>Gets the state before the first operation.</summary>
    /// <param name="initial">The value asked for, or null for the model's own.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ArgumentException">The model has no such value.</exception>
    public abstract TState Initial(HistoryValue? initial);

    /// <summary>Applies an operation, if it can have ended with this result in this state.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="operation">The operation; while its result is not known, any will do.</param>
    /// <param name="after">The state after; of no meaning if the answer is false.</param>
    /// <returns>Whether the operation is legal in the state. An operation of unknown outcome that could only have been
    /// refused may be called illegal: that it never happened is considered anyway.</returns>
    /// <remarks>Deterministic and without side effects.</remarks>
    /// <exception cref="ArgumentException">The model has no such operation.</exception>
    public abstract bool TryApply(TState state, ModelOperation operation, out TState after);

    /// <summary>Tells whether an operation leaves every state as it is in which it is legal.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>False if in doubt, as by default: a wrong true makes verdicts wrong. A right one makes checks faster
    /// and proofs shorter.</returns>
    public virtual bool IsReadOnly(ModelOperation operation) => false;

    /// <summary>Makes a test that rules out states from which some operation can never be explained.</summary>
    /// <param name="operations">All operations of the object, but for those that failed.</param>
    /// <returns>False for a state that no linearization of those with a known result passes through; null if the model
    /// has no such test, as by default. It only makes checks faster.</returns>
    public virtual Func<TState, bool>? LookAhead(IReadOnlyList<ModelOperation> operations) => null;

    /// <summary>Makes a function that maps states which behave alike to one of them.</summary>
    /// <param name="operations">All operations of the object, but for those that failed.</param>
    /// <returns>A function such that the same of the operations, one after the other, are legal from a state and from
    /// what it is mapped to; null if there is none, as by default. It only makes checks faster.</returns>
    public virtual Func<TState, TState>? Simplify(IReadOnlyList<ModelOperation> operations) => null;

    /// <summary>Writes a state for people to read.</summary>
    /// <param name="state">The state.</param>
    /// <returns>One line.</returns>
    public virtual string Describe(TState state) => state.ToString() ?? "";

    internal sealed override List<Operation> Relevant(List<Operation> operations) =>
        operations.FindAll(o => o.Outcome == HistoryEventType.Ok || !IsReadOnly(new ModelOperation(o)));

    internal sealed override Machine Compile(
        IReadOnlyList<Operation> operations, HistoryValue? initial, bool looksAhead) =>
        new InterningMachine<TState>(this, [.. operations.Select(o => new ModelOperation(o))], initial, looksAhead);

    internal sealed override List<List<int>> Removable(IReadOnlyList<Operation> operations)
    {
        List<List<int>> groups = [];
        for (int i = 0; i < operations.Count; i++)
        {
            if (IsReadOnly(new ModelOperation(operations[i])))
            {
                groups.Add([i]);
            }
        }

        return groups;
    }
}
