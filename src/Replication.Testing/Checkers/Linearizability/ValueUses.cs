namespace Replication.Testing.Checkers.Linearizability;

/// <summary>
/// Who sees and who makes each value of a register, where nothing else depends on its value. It lets a search leave a
/// path at once on which a value was overwritten that somebody has yet to see, and settle writes whose value nobody
/// sees.
/// </summary>
internal sealed class ValueUses
{
    public const int None = -1;

    private readonly int[] _observed;
    private readonly int[] _produced;

    // Operations not yet linearized: those that must see the value, and those that make it.
    private readonly int[] _wanted;
    private readonly int[] _sources;

    // Operations of unknown outcome that take effect only on this value.
    private readonly int[] _maybeWanted;

    /// <param name="observed">For each operation the value it takes effect on, or <see cref="None"/> for any.</param>
    /// <param name="produced">For each operation the value it leaves, or <see cref="None"/>.</param>
    /// <param name="isRequired">For each operation whether it took effect for certain.</param>
    /// <param name="values">The count of values.</param>
    public ValueUses(int[] observed, int[] produced, bool[] isRequired, int values)
    {
        _observed = observed;
        _produced = produced;
        Unobserved = values;
        _wanted = new int[values + 1];
        _sources = new int[values + 1];
        _maybeWanted = new int[values + 1];
        for (int i = 0; i < observed.Length; i++)
        {
            if (observed[i] != None)
            {
                (isRequired[i] ? _wanted : _maybeWanted)[observed[i]]++;
            }

            if (produced[i] != None)
            {
                _sources[produced[i]]++;
            }
        }
    }

    /// <summary>Gets the state that stands for every value that nobody sees any more.</summary>
    public int Unobserved { get; }

    public int ObservedBy(int operation) => _observed[operation];

    public int ProducedBy(int operation) => _produced[operation];

    public void Linearized(int operation) => Count(operation, -1);

    public void Undone(int operation) => Count(operation, 1);

    /// <summary>Whether a value must be seen but can't come back once it is overwritten.</summary>
    public bool IsLostWhenOverwritten(int value) => _wanted[value] > 0 && _sources[value] == 0;

    /// <summary>Whether nobody that is left depends on a value.</summary>
    public bool IsUnobserved(int value) => _wanted[value] == 0 && _maybeWanted[value] == 0;

    private void Count(int operation, int change)
    {
        int observed = _observed[operation];
        if (observed != None)
        {
            _wanted[observed] += change;
        }

        int produced = _produced[operation];
        if (produced != None)
        {
            _sources[produced] += change;
        }
    }
}
