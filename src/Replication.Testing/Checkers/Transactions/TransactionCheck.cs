using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Checks histories of transactions against a consistency model, from outside: by what they read and
/// wrote.</summary>
/// <remarks>
/// The method of Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB
/// 2020): dependencies between transactions are inferred from unique values, and a cycle among them is an anomaly
/// whose name tells which models it excludes. A valid verdict says that nothing was found: the method is sound, not
/// complete. Safe to call from several threads.
/// </remarks>
public static class TransactionCheck
{
    /// <summary>Gets the names of the consistency models, in ordinal order.</summary>
    public static IReadOnlyList<string> Models => ModelLattice.Names;

    /// <summary>Checks transactions of appends to lists and reads of whole lists.</summary>
    /// <param name="history">Each value is a list of steps <c>["append", key, element]</c> or <c>["r", key, list]</c>,
    /// where null stands for the empty list; the elements of a key are unique.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The verdict; unknown if an element was appended twice or a value is no list of such steps.</returns>
    /// <exception cref="ArgumentException">There is no such consistency model.</exception>
    public static TransactionVerdict ListAppend(History history, TransactionCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        Judgement judgement = new(options ?? new TransactionCheckOptions());
        return Judgement.Try(() =>
        {
            TransactionSet set = TransactionReader.ReadListAppend(history);
            Writers writers = new(set);
            return writers.Duplicate == Step.Nothing
                ? judgement.OfListAppend(set, writers)
                : throw new FormatException(
                    $"Element {set.DescribeElement(writers.Duplicate)} was appended twice to key "
                    + $"{set.DescribeKey(set.ElementKey[writers.Duplicate])}: elements must be unique.");
        });
    }

    /// <summary>Checks transactions of writes and reads of registers.</summary>
    /// <param name="history">Each value is a list of steps <c>["w", key, value]</c> or <c>["r", key, value]</c>, where
    /// null stands for a register that was never written; the values of a key are unique.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The verdict; unknown if a value that was read had been written twice or a value is no list of such
    /// steps.</returns>
    /// <exception cref="ArgumentException">There is no such consistency model.</exception>
    public static TransactionVerdict ReadWriteRegister(History history, TransactionCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        options ??= new TransactionCheckOptions();
        Judgement judgement = new(options);
        return Judgement.Try(
            () => judgement.OfRegisters(TransactionReader.ReadRegisters(history, options.InitialValue)));
    }

    /// <summary>Adds the checks "list-append" and "rw-register".</summary>
    internal static void AddTo(HistoryChecks checks)
    {
        checks.Add("list-append", (history, options) => ListAppend(history, From(options)).Verdict);
        checks.Add("rw-register", (history, options) => ReadWriteRegister(history, From(options)).Verdict);
    }

    private static TransactionCheckOptions From(HistoryCheckOptions options)
    {
        TransactionCheckOptions result = new() { InitialValue = options.Initial ?? HistoryValue.Null };
        result.Consistency = options.Consistency ?? result.Consistency;
        return result;
    }
}
