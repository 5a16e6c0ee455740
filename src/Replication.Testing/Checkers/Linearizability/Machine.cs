namespace Replication.Testing.Checkers.Linearizability;

/// <summary>A model over the operations of one object, with states and operations as numbers.</summary>
internal abstract class Machine
{
    public const int Illegal = -1;

    /// <summary>Gets the state before the first operation.</summary>
    public abstract int Initial { get; }

    /// <summary>Gets what is known about single values, if states are values; null otherwise.</summary>
    public virtual ValueUses? Values => null;

    /// <summary>Gets the state after an operation, or <see cref="Illegal"/>.</summary>
    public abstract int Step(int state, int operation);

    /// <summary>Whether an operation leaves every state as it is in which it is legal.</summary>
    public abstract bool IsReadOnly(int operation);

    /// <summary>Gets a number that optional operations share only if they are interchangeable.</summary>
    public abstract int ClassOf(int operation);

    public abstract string Describe(int state);
}
