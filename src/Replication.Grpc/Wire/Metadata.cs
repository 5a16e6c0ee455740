using System.Collections;

namespace Replication.Grpc.Wire;

/// <summary>
/// Names and values that travel beside messages. A name that ends in <c>-bin</c> has a value of bytes.
/// </summary>
internal sealed class Metadata : IReadOnlyCollection<Metadata.Entry>
{
    /// <summary>Metadata without an entry; never added to.</summary>
    public static readonly Metadata Empty = new() { _isFrozen = true };

    private readonly List<Entry> _entries = [];
    private bool _isFrozen;

    public int Count => _entries.Count;

    /// <summary>Adds a text. Only printable ASCII can travel.</summary>
    public Metadata Add(string name, string value)
    {
        string key = CheckedName(name);
        if (key.EndsWith(GrpcHeaders.BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The value of '{name}' must be bytes: its name ends in -bin.", nameof(value));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"The value of '{name}' isn't printable ASCII: use a name that ends in -bin.",
                nameof(value));
        }

        _entries.Add(new Entry(key, value, null));
        return this;
    }

    /// <summary>Adds bytes under a name that ends in -bin.</summary>
    public Metadata Add(string name, byte[] value)
    {
        string key = CheckedName(name);
        if (!key.EndsWith(GrpcHeaders.BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The name '{name}' of a value of bytes must end in -bin.", nameof(name));
        }

        _entries.Add(new Entry(key, null, value));
        return this;
    }

    /// <summary>Adds what a header held; a binary value that isn't base64 is left out.</summary>
    internal void AddReceived(string name, string value)
    {
        string key = CheckedName(name);
        if (!key.EndsWith(GrpcHeaders.BinarySuffix, StringComparison.Ordinal))
        {
            _entries.Add(new Entry(key, value, null));
            return;
        }

        // A sender may join several binary values with commas.
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (TryDecodeBinary(part, out byte[] bytes))
            {
                _entries.Add(new Entry(key, null, bytes));
            }
        }
    }

    /// <summary>Gets the last text under a name; null if there is none.</summary>
    public string? GetText(string name) =>
        _entries.FindLast(e => e.Text is not null && e.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Text;

    /// <summary>Gets the last bytes under a name; null if there are none.</summary>
    public byte[]? GetBytes(string name) =>
        _entries.FindLast(e => e.Bytes is not null && e.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Bytes;

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool TryDecodeBinary(string text, out byte[] bytes)
    {
        // Senders may leave the padding out; receivers must take both.
        string padded = (text.Length % 4) switch { 2 => text + "==", 3 => text + "=", _ => text };
        bytes = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, bytes, out int written))
        {
            return false;
        }

        Array.Resize(ref bytes, written);
        return true;
    }

    private string CheckedName(string name)
    {
        if (_isFrozen)
        {
            throw new InvalidOperationException("This metadata is shared and empty; make your own.");
        }

        string key = name.ToLowerInvariant();
        bool isValid = key.Length > 0;
        foreach (char c in key)
        {
            isValid &= c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';
        }

        return isValid ? key : throw new ArgumentException($"'{name}' is no name of metadata.", nameof(name));
    }

    /// <summary>One name with its text or bytes.</summary>
    internal readonly record struct Entry(string Name, string? Text, byte[]? Bytes)
    {
        /// <summary>Gets the value as it travels in a header.</summary>
        public string HeaderValue => Text ?? Convert.ToBase64String(Bytes!).TrimEnd('=');
    }
}
