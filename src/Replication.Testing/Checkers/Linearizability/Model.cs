using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>What an object does when its operations come one after the other.</summary>
/// <remarks>Derive from <see cref="Model{TState}"/>; the models that come with the library are in
/// <see cref="LinearizabilityModels"/>. Models hold no state of a check and may be used by several threads.</remarks>
public abstract class Model
{
    private protected Model()
    {
    }

    /// <summary>Gets the name, such as "cas-register".</summary>
    public abstract string Name { get; }

    /// <summary>Tells to which object an operation belongs; objects are checked apart.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>The object; by default the key. The same for all operations if the model spans keys.</returns>
    /// <remarks>Sound because linearizability is local (Herlihy and Wing 1990, theorem 1).</remarks>
    public virtual HistoryValue PartitionOf(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return operation.Key;
    }

    /// <summary>Leaves out operations whose absence can change no verdict, such as reads of unknown outcome.</summary>
    internal abstract List<Operation> Relevant(List<Operation> operations);

    /// <summary>Compiles the relevant operations of one object.</summary>
    internal abstract Machine Compile(IReadOnlyList<Operation> operations, HistoryValue? initial, bool looksAhead);

    /// <summary>
    /// Groups operations (as places in the list) of which each can be left out whole, and what was linearizable still
    /// is.
    /// </summary>
    internal abstract List<List<int>> Removable(IReadOnlyList<Operation> operations);
}
