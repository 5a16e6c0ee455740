using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>What was appended, in order. Shares all but the last item with the sequence it was made from.</summary>
internal sealed class Sequence : IEquatable<Sequence>
{
    private const int ItemsShown = 10;

    private readonly Sequence? _rest;
    private readonly HistoryValue _last;
    private readonly int _hash;

    private Sequence(Sequence rest, HistoryValue last)
    {
        _rest = rest;
        _last = last;
        Count = rest.Count + 1;
        TextLength = rest.TextLength + (last.IsText ? last.Text.Length : 0);
        _hash = HashCode.Combine(rest._hash, last);
    }

    private Sequence()
    {
    }

    public static Sequence Empty { get; } = new();

    /// <summary>Gets what stands for all sequences that are never read, whatever is appended.</summary>
    public static Sequence Unread { get; } = new();

    /// <summary>Gets the count of items.</summary>
    public int Count { get; }

    /// <summary>Gets the length of all items that are texts, joined.</summary>
    public int TextLength { get; }

    /// <summary>Makes the sequence that reads as a value: null, a list, or a text as its only item.</summary>
    public static Sequence? From(HistoryValue value)
    {
        if (value.IsNull || value is { IsText: true, Text: "" })
        {
            return Empty;
        }

        if (value.IsText)
        {
            return Empty.With(value);
        }

        if (!value.IsList)
        {
            return null;
        }

        Sequence sequence = Empty;
        foreach (HistoryValue item in value.Items)
        {
            sequence = sequence.With(item);
        }

        return sequence;
    }

    /// <summary>
    /// Makes a test that rules out sequences which can't grow into the longest one read, given that nothing else than
    /// appending happens and that the sequence without its last item passed.
    /// </summary>
    public static Func<Sequence, bool> GrowsInto(IEnumerable<HistoryValue> reads)
    {
        HistoryValue list = default;
        string text = "";
        foreach (HistoryValue read in reads)
        {
            if (read.IsList && (list.IsNull || read.Items.Length > list.Items.Length))
            {
                list = read;
            }
            else if (read.IsText && read.Text.Length > text.Length)
            {
                text = read.Text;
            }
        }

        return sequence => sequence.EndsInside(list) && sequence.EndsInside(text);
    }

    public Sequence With(HistoryValue item) => ReferenceEquals(this, Unread) ? this : new(this, item);

    /// <summary>Whether appending can make this read as a value.</summary>
    public bool IsBeginningOf(HistoryValue value) => !ReferenceEquals(this, Unread) && value.Kind switch
    {
        HistoryValueKind.Null => Count == 0,
        HistoryValueKind.List => Count <= value.Items.Length && EqualsList(value.Items[..Count], skipped: 0),
        HistoryValueKind.Text => TextLength <= value.Text.Length && EqualsText(value.Text.AsSpan(0, TextLength)),
        _ => false,
    };

    /// <summary>Whether a read of all but the first items can have returned a list, or of all a text.</summary>
    public bool ReadsAs(HistoryValue value, int skipped = 0) => !ReferenceEquals(this, Unread) && value.Kind switch
    {
        HistoryValueKind.Null => Count <= skipped,
        HistoryValueKind.List => EqualsList(value.Items, skipped),
        HistoryValueKind.Text => skipped == 0 && EqualsText(value.Text),
        _ => false,
    };

    public bool Equals(Sequence? other)
    {
        if (ReferenceEquals(this, Unread) || ReferenceEquals(other, Unread))
        {
            return ReferenceEquals(this, other);
        }

        if (other is null || Count != other.Count || _hash != other._hash)
        {
            return false;
        }

        for (Sequence left = this; !ReferenceEquals(left, other); left = left._rest!, other = other._rest!)
        {
            if (left._last != other._last)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Sequence);

    public override int GetHashCode() => _hash;

    public override string ToString()
    {
        if (ReferenceEquals(this, Unread))
        {
            return "something that nobody reads";
        }

        Stack<string> last = [];
        for (Sequence at = this; at._rest is not null && last.Count < ItemsShown; at = at._rest)
        {
            last.Push(at._last.ToString());
        }

        string more = Count > last.Count ? $"... {Count - last.Count} more, then " : "";
        return $"[{more}{string.Join(", ", last)}]";
    }

    private bool EqualsList(ReadOnlySpan<HistoryValue> items, int skipped)
    {
        if (items.Length != Math.Max(0, Count - skipped))
        {
            return false;
        }

        Sequence at = this;
        for (int i = items.Length - 1; i >= 0; i--, at = at._rest!)
        {
            if (at._last != items[i])
            {
                return false;
            }
        }

        return true;
    }

    private bool EqualsText(ReadOnlySpan<char> text)
    {
        if (text.Length != TextLength)
        {
            return false;
        }

        for (Sequence at = this; at._rest is not null; at = at._rest)
        {
            if (!at._last.IsText || !text.EndsWith(at._last.Text, StringComparison.Ordinal))
            {
                return false;
            }

            text = text[..^at._last.Text.Length];
        }

        return true;
    }

    private bool EndsInside(HistoryValue list) =>
        list.IsNull || Count == 0 || Count > list.Items.Length || list.Items[Count - 1] == _last;

    private bool EndsInside(string text) =>
        !_last.IsText || TextLength > text.Length
        || text.AsSpan(0, TextLength).EndsWith(_last.Text, StringComparison.Ordinal);
}
