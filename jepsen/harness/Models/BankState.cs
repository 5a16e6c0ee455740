namespace Harness.Models;

/// <summary>The balances of a bank; none before it opens.</summary>
internal sealed class BankState : IEquatable<BankState>
{
    /// <summary>A bank that has not opened.</summary>
    public static readonly BankState Closed = new([]);

    private readonly long[] _balances;

    public BankState(long[] balances)
    {
        _balances = balances;
    }

    /// <summary>Gets the balances by account.</summary>
    public IReadOnlyList<long> Balances => _balances;

    /// <summary>Gets the state after a transfer.</summary>
    public BankState With(int from, int to, long amount)
    {
        long[] after = [.. _balances];
        after[from] -= amount;
        after[to] += amount;
        return new BankState(after);
    }

    public bool Equals(BankState? other) => other is not null && _balances.AsSpan().SequenceEqual(other._balances);

    public override bool Equals(object? obj) => Equals(obj as BankState);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long balance in _balances)
        {
            hash.Add(balance);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(' ', _balances)}]";
}
