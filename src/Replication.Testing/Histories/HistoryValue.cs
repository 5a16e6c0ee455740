using System.Globalization;
using System.Text;

namespace Replication.Testing.Histories;

/// <summary>A value in a history: null, a boolean, a whole number, a text or a list of values.</summary>
/// <remarks>
/// Compared by content, ordinal. Immutable; the default is <see cref="HistoryValueKind.Null"/>. Fractions and JSON
/// objects have no place in it: no checker needs them, and equality of fractions depends on how they are printed.
/// </remarks>
public readonly struct HistoryValue : IEquatable<HistoryValue>
{
    private static readonly object NumberTag = new();
    private static readonly object BooleanTag = new();

    // One of the two tags, a string, an array of values, or null.
    private readonly object? _content;
    private readonly long _number;

    private HistoryValue(object? content, long number)
    {
        _content = content;
        _number = number;
    }

    /// <summary>Gets the value that stands for nothing.</summary>
    public static HistoryValue Null => default;

    /// <summary>Gets what this value holds.</summary>
    public HistoryValueKind Kind => _content switch
    {
        null => HistoryValueKind.Null,
        string => HistoryValueKind.Text,
        HistoryValue[] => HistoryValueKind.List,
        _ when ReferenceEquals(_content, NumberTag) => HistoryValueKind.Number,
        _ => HistoryValueKind.Boolean,
    };

    /// <summary>Gets a value that indicates whether this is nothing.</summary>
    public bool IsNull => _content is null;

    /// <summary>Gets a value that indicates whether this is a whole number.</summary>
    public bool IsNumber => ReferenceEquals(_content, NumberTag);

    /// <summary>Gets a value that indicates whether this is a text.</summary>
    public bool IsText => _content is string;

    /// <summary>Gets a value that indicates whether this is a list.</summary>
    public bool IsList => _content is HistoryValue[];

    /// <summary>Gets the whole number.</summary>
    /// <exception cref="InvalidOperationException">The value is no whole number.</exception>
    public long Number => IsNumber ? _number : throw WrongKind(HistoryValueKind.Number);

    /// <summary>Gets the boolean.</summary>
    /// <exception cref="InvalidOperationException">The value is no boolean.</exception>
    public bool Boolean => ReferenceEquals(_content, BooleanTag)
        ? _number != 0
        : throw WrongKind(HistoryValueKind.Boolean);

    /// <summary>Gets the text.</summary>
    /// <exception cref="InvalidOperationException">The value is no text.</exception>
    public string Text => _content as string ?? throw WrongKind(HistoryValueKind.Text);

    /// <summary>Gets the values of the list, in order.</summary>
    /// <exception cref="InvalidOperationException">The value is no list.</exception>
    public ReadOnlySpan<HistoryValue> Items =>
        _content as HistoryValue[] ?? throw WrongKind(HistoryValueKind.List);

    /// <summary>Makes a whole number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator HistoryValue(long value) => FromNumber(value);

    /// <summary>Compares by content.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other value.</param>
    public static bool operator ==(HistoryValue left, HistoryValue right) => left.Equals(right);

    /// <summary>Compares by content.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other value.</param>
    public static bool operator !=(HistoryValue left, HistoryValue right) => !left.Equals(right);

    /// <summary>Makes a whole number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static HistoryValue FromNumber(long value) => new(NumberTag, value);

    /// <summary>Makes a boolean.</summary>
    /// <param name="value">True or false.</param>
    /// <returns>The value.</returns>
    public static HistoryValue FromBoolean(bool value) => new(BooleanTag, value ? 1 : 0);

    /// <summary>Makes a text.</summary>
    /// <param name="value">The text; null gives <see cref="Null"/>.</param>
    /// <returns>The value.</returns>
    /// <remarks>No implicit conversion: by it a literal null would be a value where none was meant.</remarks>
    public static HistoryValue FromText(string? value) => new(value, 0);

    /// <summary>Makes a list.</summary>
    /// <param name="items">The values in order; copied.</param>
    /// <returns>The value.</returns>
    public static HistoryValue FromList(params ReadOnlySpan<HistoryValue> items) => new(items.ToArray(), 0);

    /// <summary>Reads a value from JSON, such as <c>null</c>, <c>5</c>, <c>"a"</c> or <c>[1,"b"]</c>.</summary>
    /// <param name="json">The JSON.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">It is no JSON, or holds a fraction or an object.</exception>
    public static HistoryValue Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return HistoryJson.ParseValue(Encoding.UTF8.GetBytes(json));
    }

    /// <inheritdoc/>
    public bool Equals(HistoryValue other)
    {
        if (_number != other._number)
        {
            return false;
        }

        return ReferenceEquals(_content, other._content)
            || (_content is string text && other._content is string otherText && text == otherText)
            || (_content is HistoryValue[] items && other._content is HistoryValue[] otherItems
                && items.AsSpan().SequenceEqual(otherItems));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HistoryValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        switch (_content)
        {
            case null:
                return 0;
            case string text:
                return text.GetHashCode(StringComparison.Ordinal);
            case HistoryValue[] items:
                HashCode hash = default;
                foreach (HistoryValue item in items)
                {
                    hash.Add(item);
                }

                return hash.ToHashCode();
            default:
                return _number.GetHashCode();
        }
    }

    /// <summary>Writes the value as JSON, for people to read.</summary>
    /// <returns>The text; long lists are not shortened.</returns>
    public override string ToString() => _content switch
    {
        null => "null",
        string text => $"\"{text}\"",
        HistoryValue[] items => $"[{string.Join(", ", items)}]",
        _ when IsNumber => _number.ToString(CultureInfo.InvariantCulture),
        _ => _number != 0 ? "true" : "false",
    };

    private InvalidOperationException WrongKind(HistoryValueKind wanted) =>
        new($"The value {this} is of kind {Kind}, not {wanted}. Ask {nameof(Kind)} first.");
}
