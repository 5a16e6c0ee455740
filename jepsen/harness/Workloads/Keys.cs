using System.Globalization;
using System.Text;

namespace Harness.Workloads;

/// <summary>Names and numbers as bytes of keys and values.</summary>
internal static class Keys
{
    /// <summary>Gets the bytes of a text.</summary>
    public static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Gets the bytes of a number, in decimal.</summary>
    public static byte[] Bytes(long number) => Bytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gets the number that bytes say in decimal.</summary>
    public static long Number(ReadOnlyMemory<byte> value) => Number(Text(value));

    /// <summary>Gets the number that a text says.</summary>
    public static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Gets the text that bytes are.</summary>
    public static string Text(ReadOnlyMemory<byte> value) => Encoding.ASCII.GetString(value.Span);
}
