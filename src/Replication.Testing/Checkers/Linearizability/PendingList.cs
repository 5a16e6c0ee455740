namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Operations that are not linearized, in the order of their calls; taking one out can be undone.</summary>
/// <remarks>Knuth's dancing links: what is taken out last is put back first.</remarks>
internal sealed class PendingList
{
    private readonly int[] _next;
    private readonly int[] _previous;

    /// <param name="count">The count of operations.</param>
    /// <param name="belongs">Whether an operation is in the list at first.</param>
    public PendingList(int count, Func<int, bool> belongs)
    {
        End = count;
        _next = new int[count + 1];
        _previous = new int[count + 1];
        int last = End;
        for (int i = 0; i < count; i++)
        {
            if (belongs(i))
            {
                _next[last] = i;
                _previous[i] = last;
                last = i;
            }
        }

        _next[last] = End;
        _previous[End] = last;
    }

    /// <summary>Gets what stands behind the last operation; greater than each of them.</summary>
    public int End { get; }

    public int First => _next[End];

    public int After(int operation) => _next[operation];

    public void TakeOut(int operation)
    {
        _next[_previous[operation]] = _next[operation];
        _previous[_next[operation]] = _previous[operation];
    }

    public void PutBack(int operation)
    {
        _next[_previous[operation]] = operation;
        _previous[_next[operation]] = operation;
    }
}
