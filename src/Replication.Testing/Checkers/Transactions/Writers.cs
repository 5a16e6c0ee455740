namespace Replication.Testing.Checkers.Transactions;

/// <summary>Who wrote each element.</summary>
internal sealed class Writers
{
    /// <summary>Stands for nobody.</summary>
    public const int None = -1;

    private readonly int[] _possible;
    private readonly int[] _failed;
    private readonly int[] _intermediate;

    public Writers(TransactionSet set)
    {
        _possible = new int[set.ElementCount];
        _failed = new int[set.ElementCount];
        _intermediate = new int[set.ElementCount];
        Array.Fill(_possible, None);
        Array.Fill(_failed, None);
        Array.Fill(_intermediate, None);
        for (int i = 0; i < set.Count; i++)
        {
            int[] writers = set.IsPossible(i) ? _possible : _failed;
            ReadOnlySpan<Step> steps = set.StepsOf(i);
            for (int s = 0; s < steps.Length; s++)
            {
                if (steps[s].IsWrite)
                {
                    AddWrite(i, steps, s, writers);
                }
            }
        }
    }

    /// <summary>Gets an element that two writes share, or <see cref="Step.Nothing"/>.</summary>
    public int Duplicate { get; private set; } = Step.Nothing;

    /// <summary>The transaction that wrote an element, whatever its outcome.</summary>
    public int Of(int element) => _possible[element] != None ? _possible[element] : _failed[element];

    /// <summary>The transaction that wrote an element and took effect, or may have.</summary>
    public int PossibleOf(int element) => _possible[element];

    /// <summary>The transaction that failed and wrote an element.</summary>
    public int FailedOf(int element) => _failed[element];

    /// <summary>The transaction that wrote an element and then wrote the key again.</summary>
    public int IntermediateOf(int element) => _intermediate[element];

    private void AddWrite(int transaction, ReadOnlySpan<Step> steps, int s, int[] writers)
    {
        int element = steps[s].Value;
        if (Of(element) != None)
        {
            Duplicate = element;
        }

        writers[element] = transaction;
        for (int later = s + 1; later < steps.Length; later++)
        {
            if (steps[later].IsWrite && steps[later].Key == steps[s].Key)
            {
                _intermediate[element] = transaction;
                break;
            }
        }
    }
}
