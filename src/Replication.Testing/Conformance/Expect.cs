using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Replication.Testing.Conformance;

/// <summary>What cases of suites expect; what is not so is named as it stands in the code.</summary>
internal static class Expect
{
    public static void That(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string promise = "")
    {
        if (!condition)
        {
            throw new ConformanceException($"Not so: {promise}.");
        }
    }

    public static void Equal<T>(
        T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"{what} is {actual}; expected is {expected}.");
        }
    }

    public static void InRange(
        long actual, long min, long max, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (actual < min || actual > max)
        {
            throw new ConformanceException($"{what} is {actual}; expected is {min} to {max}.");
        }
    }

    public static void Bytes(
        ReadOnlySpan<byte> expected,
        ReadOnlySpan<byte> actual,
        [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        int common = expected.CommonPrefixLength(actual);
        if (common < expected.Length || common < actual.Length)
        {
            throw new ConformanceException(
                $"{what}: {actual.Length} bytes differ from the {expected.Length} that are expected, at {common}.");
        }
    }

    public static void Sequence<T>(
        IEnumerable<T> expected,
        IEnumerable<T> actual,
        [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        T[] left = [.. expected];
        T[] right = [.. actual];
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            Equal(left[i], right[i], $"item {i} of {what}");
        }

        Equal(left.Length, right.Length, $"the length of {what}");
    }

    public static T Throws<T>(Action call, [CallerArgumentExpression(nameof(call))] string what = "")
        where T : Exception
    {
        try
        {
            call();
        }
        catch (T error)
        {
            return error;
        }

        throw new ConformanceException($"{what} throws no {typeof(T).Name}.");
    }
}
