using System.Globalization;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>The transactions of a history with keys and values numbered, in the order of their invocations.</summary>
/// <remarks>
/// A million transactions are some hundred megabytes in flat arrays. Values are numbered per key: the number of an
/// element says which key it belongs to.
/// </remarks>
internal sealed class TransactionSet
{
    /// <summary>Gets the operations, for messages.</summary>
    public required IReadOnlyList<Operation> Operations { get; init; }

    /// <summary>Gets the index of each completion, or of the invocation where there is none.</summary>
    public required long[] Index { get; init; }

    public required HistoryEventType[] Outcome { get; init; }

    /// <summary>Gets the first step of each transaction, and behind the last the number of all steps.</summary>
    public required int[] FirstStep { get; init; }

    public required Step[] Steps { get; init; }

    /// <summary>Gets a value that indicates whether keys hold lists; otherwise they are registers.</summary>
    public required bool HoldsLists { get; init; }

    /// <summary>Gets the elements of all lists that were read.</summary>
    public required int[] Lists { get; init; }

    public required HistoryValue[] Keys { get; init; }

    public required int[] ElementKey { get; init; }

    public required HistoryValue[] ElementValue { get; init; }

    public int Count => Outcome.Length;

    public int ElementCount => ElementKey.Length;

    public ReadOnlySpan<Step> StepsOf(int transaction) =>
        Steps.AsSpan(FirstStep[transaction], FirstStep[transaction + 1] - FirstStep[transaction]);

    public ReadOnlySpan<int> ListOf(Step read) => read.Length <= 0 ? [] : Lists.AsSpan(read.Value, read.Length);

    /// <summary>Whether a transaction took effect or may have.</summary>
    public bool IsPossible(int transaction) => Outcome[transaction] != HistoryEventType.Fail;

    public bool IsOk(int transaction) => Outcome[transaction] == HistoryEventType.Ok;

    public string Describe(int transaction) => Operations[transaction].ToString();

    public string DescribeElement(int element) => ElementValue[element].ToString();

    public string DescribeKey(int key) => Keys[key].ToString();

    public string DescribeList(ReadOnlySpan<int> list)
    {
        const int ShownElements = 12;
        List<string> shown = [];
        for (int i = Math.Max(0, list.Length - ShownElements); i < list.Length; i++)
        {
            shown.Add(DescribeElement(list[i]));
        }

        string start = list.Length > ShownElements
            ? string.Create(CultureInfo.InvariantCulture, $"... {list.Length - ShownElements} more ..., ")
            : "";
        return $"[{start}{string.Join(", ", shown)}]";
    }
}
