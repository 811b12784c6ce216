/* The token that every change has to carry. */

/** The cookie, not the page: signing in again in another tab changes the token, and the page must still save. */
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : document.body.dataset.pmqaCsrf || "";
}
