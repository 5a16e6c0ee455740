using System.Collections.Immutable;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>The version of each key that somebody must see at least, with the reason. Immutable.</summary>
internal sealed class Frontier
{
    private readonly ImmutableDictionary<HistoryValue, Bound> _bounds;

    private Frontier(ImmutableDictionary<HistoryValue, Bound> bounds)
    {
        _bounds = bounds;
    }

    public static Frontier Empty { get; } = new(ImmutableDictionary<HistoryValue, Bound>.Empty);

    public Bound? Of(HistoryValue key) => _bounds.GetValueOrDefault(key);

    public Frontier With(HistoryValue key, Bound bound) =>
        Of(key) is { } known && known.Version >= bound.Version ? this : new Frontier(_bounds.SetItem(key, bound));

    /// <summary>Adds another's bounds, reached by way of operations.</summary>
    public Frontier With(Frontier other, params ReadOnlySpan<Operation> way)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        ImmutableDictionary<HistoryValue, Bound> bounds = _bounds;
        foreach ((HistoryValue key, Bound bound) in other._bounds)
        {
            if (!bounds.TryGetValue(key, out Bound? known) || known.Version < bound.Version)
            {
                Bound reached = bound;
                foreach (Operation step in way)
                {
                    reached = new Bound(bound.Version, step, reached);
                }

                bounds = bounds.SetItem(key, reached);
            }
        }

        return ReferenceEquals(bounds, _bounds) ? this : new Frontier(bounds);
    }

    /// <summary>A version to see, the operation that asks for it, and by way of what that one knows of it.</summary>
    internal sealed record Bound(int Version, Operation Reason, Bound? Earlier)
    {
        /// <summary>Tells the chain from the first operation on, one a line.</summary>
        public string Tell() => (Earlier is null ? "" : Earlier.Tell() + "\n") + $"  {Reason}";
    }
}
