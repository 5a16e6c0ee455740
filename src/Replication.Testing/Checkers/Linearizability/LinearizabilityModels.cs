using Replication.Testing.Checkers.Linearizability.Models;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>The models that come with the library.</summary>
public static class LinearizabilityModels
{
    /// <summary>Gets a value: <c>read</c>, <c>write</c>. Null at first.</summary>
    public static Model Register { get; } = new RegisterModel(hasCas: false);

    /// <summary>Gets a value: <c>read</c>, <c>write</c>, <c>cas</c> with <c>[from, to]</c>. Null at first.</summary>
    /// <remarks>A cas that failed did not happen and says nothing. One that is ok with the result false was refused:
    /// the value was another one.</remarks>
    public static Model CasRegister { get; } = new RegisterModel(hasCas: true);

    /// <summary>Gets a list or text: <c>append</c> an item, <c>read</c> or <c>write</c> all. Empty at
    /// first.</summary>
    /// <remarks>A read returns a list of the items, or a text of all appended texts joined.</remarks>
    public static Model Append { get; } = new AppendModel();

    /// <summary>Gets a set: <c>add</c>, <c>remove</c>, <c>contains</c> an element, <c>read</c> all. Empty at
    /// first.</summary>
    public static Model Set { get; } = new SetModel();

    /// <summary>Gets a number: <c>add</c>, <c>increment</c>, <c>decrement</c>, <c>read</c>. Zero at first.</summary>
    /// <remarks>The argument is the amount, 1 if there is none.</remarks>
    public static Model Counter { get; } = new CounterModel();

    /// <summary>Gets a lock: <c>acquire</c> returns a fencing token that rises, <c>release</c> names it, <c>read</c>
    /// returns the holder's. Free at first.</summary>
    /// <remarks>With null for all tokens it is a plain mutex. The result false says that it was refused.</remarks>
    public static Model Lock { get; } = new LockModel();

    /// <summary>Gets a log: <c>append</c> an entry, <c>read</c> the entries (behind the first n, if the argument is n),
    /// <c>length</c>. Empty at first.</summary>
    /// <remarks>The positions of appends must rise; gaps are allowed.</remarks>
    public static Model Log { get; } = new LogModel();

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Model> All { get; } = [Register, CasRegister, Append, Set, Counter, Lock, Log];
}
