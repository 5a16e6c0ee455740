using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>The operations of one object, with what a search needs to know of their order in time.</summary>
/// <remarks>
/// An operation is required if it took effect for certain and optional if its outcome is unknown. Required ones are
/// ranked by their returns. Each operation holds a slot from its call to its return, so that the set of operations
/// linearized ahead of their return is a few bits, however long the history is.
/// </remarks>
internal sealed class ObjectHistory
{
    public ObjectHistory(IReadOnlyList<Operation> operations)
    {
        Operations = operations;
        int count = operations.Count;
        ReturnRank = new int[count];
        Slot = new int[count];
        int required = 0;
        for (int i = 0; i < count; i++)
        {
            required += operations[i].Outcome == HistoryEventType.Ok ? 1 : 0;
        }

        Returns = new int[required];
        CallsBefore = new int[required];
        long[] returnIndexes = SortReturns();
        AssignSlots(returnIndexes);
    }

    /// <summary>Gets the operations in the order of their calls; everything else names them by their place
    /// here.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Gets the required operations in the order of their returns.</summary>
    public int[] Returns { get; }

    /// <summary>Gets for each return how many operations were called before it.</summary>
    public int[] CallsBefore { get; }

    /// <summary>Gets for each operation the rank of its return; <see cref="int.MaxValue"/> if it is optional.</summary>
    public int[] ReturnRank { get; }

    /// <summary>Gets for each operation its slot.</summary>
    public int[] Slot { get; }

    /// <summary>Gets the count of slots.</summary>
    public int SlotCount { get; private set; }

    public bool IsRequired(int operation) => ReturnRank[operation] != int.MaxValue;

    private long[] SortReturns()
    {
        long[] indexes = new long[Returns.Length];
        int next = 0;
        for (int i = 0; i < Operations.Count; i++)
        {
            ReturnRank[i] = int.MaxValue;
            if (Operations[i].Outcome == HistoryEventType.Ok)
            {
                indexes[next] = Operations[i].CompletionIndex;
                Returns[next++] = i;
            }
        }

        Array.Sort(indexes, Returns);
        return indexes;
    }

    private void AssignSlots(long[] returnIndexes)
    {
        Stack<int> free = [];
        int called = 0;
        for (int rank = 0; rank <= Returns.Length; rank++)
        {
            long until = rank < Returns.Length ? returnIndexes[rank] : long.MaxValue;
            while (called < Operations.Count && Operations[called].InvocationIndex < until)
            {
                Slot[called++] = free.TryPop(out int slot) ? slot : SlotCount++;
            }

            if (rank < Returns.Length)
            {
                CallsBefore[rank] = called;
                ReturnRank[Returns[rank]] = rank;
                free.Push(Slot[Returns[rank]]);
            }
        }
    }
}
