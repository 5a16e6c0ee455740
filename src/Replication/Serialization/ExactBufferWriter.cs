using System.Buffers;

namespace Replication.Serialization;

/// <summary>Fills one array whose length was computed before, so that it can be kept without a copy.</summary>
/// <remarks>May be used again and again; one owner at a time.</remarks>
internal sealed class ExactBufferWriter : IBufferWriter<byte>
{
    private byte[] _target = [];
    private int _written;

    /// <summary>Begins an array.</summary>
    /// <param name="length">Its length: exactly what will be written.</param>
    public void Begin(int length)
    {
        _target = new byte[length];
        _written = 0;
    }

    /// <summary>Ends the array and lets go of it.</summary>
    /// <returns>The array, full.</returns>
    /// <exception cref="InvalidOperationException">Less was written than announced.</exception>
    public byte[] Take()
    {
        if (_written != _target.Length)
        {
            throw new InvalidOperationException($"{_target.Length} bytes were announced, {_written} written.");
        }

        byte[] full = _target;
        _target = [];
        _written = 0;
        return full;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _target.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, _target.Length - _written);
        return _target.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
