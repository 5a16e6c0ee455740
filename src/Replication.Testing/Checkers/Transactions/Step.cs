namespace Replication.Testing.Checkers.Transactions;

/// <summary>One read or write in a transaction.</summary>
/// <param name="IsWrite">An append, or the write of a register.</param>
/// <param name="Key">The number of the key.</param>
/// <param name="Value">The element written; the element read from a register, or <see cref="Nothing"/>; for the read
/// of a list the place of its first element in <see cref="TransactionSet.Lists"/>.</param>
/// <param name="Length">The length of the list read; for a register 0 where nothing and 1 where an element was read;
/// <see cref="Unknown"/> where it isn't known what was read.</param>
internal readonly record struct Step(bool IsWrite, int Key, int Value, int Length)
{
    /// <summary>Stands for the initial state of a key.</summary>
    public const int Nothing = -1;

    /// <summary>The length of a read without result.</summary>
    public const int Unknown = -1;
}
